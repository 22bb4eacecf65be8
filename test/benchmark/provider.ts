import { setTimeout as sleep } from 'node:timers/promises';
import { accessTokenKey, signAccessToken } from '#access';
import { FileKeyRing } from '#vault';
import type { Topology } from '../processes/topology.js';
import { event } from './events.js';
import { CLIENT, provider } from './recorder.js';

/** The provider in a whole ledger: registered, and known to all its services. */
export interface Provider {
  readonly authorization: string;
  /** Posts one event. Throws unless it is recorded. */
  record(event: object): Promise<void>;
}

const TRIES_MAX = 200;
const TRY_AGAIN_MS = 100;

/** Registers the provider and publishes a definition, as an administrator and a provider would. */
export const introduceTo = async (
  { url, keysDir }: Pick<Topology, 'url' | 'keysDir'>,
  definition: object,
): Promise<Provider> => {
  const key = accessTokenKey(new FileKeyRing(keysDir).secret('access-tokens'));
  const tokenOf = async (actor: Parameters<typeof signAccessToken>[2]) =>
    `Bearer ${await signAccessToken(key, url, actor)}`;
  const caller = (authorization: string) => async (status: number, path: string, body: unknown) => {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (response.status !== status) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text) as unknown;
  };
  const admin = caller(await tokenOf({ id: 'per_bench', role: 'admin' }));
  await admin(201, '/v1/clients', provider);
  const authorization = await tokenOf({ id: CLIENT, role: 'provider', organisation: CLIENT });
  const must = caller(authorization);
  // Its registration is on its way to the issuer and to the recorder.
  await again(() => must(201, '/v1/achievements', definition));
  const record = async (each: object): Promise<void> => {
    const answer = (await must(200, '/v1/events', each)) as { results: { status: unknown }[] };
    if (answer.results[0]?.status !== 'recorded') throw new Error(JSON.stringify(answer));
  };
  await again(() => record(event()));
  return { authorization, record };
};

const again = async (attempt: () => Promise<unknown>): Promise<void> => {
  for (let tries = 1; ; tries += 1)
    try {
      await attempt();
      return;
    } catch (error) {
      if (tries === TRIES_MAX) throw error;
      await sleep(TRY_AGAIN_MS);
    }
};
