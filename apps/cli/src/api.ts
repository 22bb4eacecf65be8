import { accessTokenKey, signAccessToken } from '#access';
import { ApiClient } from '#demo';
import type { Config } from '#platform';
import { FileKeyRing } from '#vault';

const ADMIN_TOKEN_SECONDS = 60;

/** The running ledger. LEDGER_URL says where, if PUBLIC_URL is not reachable from here. */
export const ledgerApi = (config: Config): ApiClient =>
  new ApiClient(process.env['LEDGER_URL'] ?? config.publicUrl);

/**
 * A token of a minute for whoever runs the ledger: who can read the keys on this machine may
 * administer it.
 */
export const adminAuthorization = async (config: Config): Promise<string> => {
  const key = accessTokenKey(new FileKeyRing(config.keysDir).secret('access-tokens'));
  const actor = { id: 'per_operator', role: 'admin' } as const;
  return `Bearer ${await signAccessToken(key, config.publicUrl, actor, ADMIN_TOKEN_SECONDS)}`;
};
