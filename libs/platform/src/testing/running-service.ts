import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessTokenKey, signAccessToken } from '#access';
import type { Context } from '#log';
import { createDatabase } from '#testing';
import { loadConfig } from '../config.js';
import { createService, type Service } from '../create-service.js';

const PUBLIC_URL = 'http://ledger.example';

export interface RunningService {
  readonly service: Service;
  /** What a provider of this id sends along to be known by. */
  readonly authorization: (client: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** A service on a real database of its own. In: its contexts, which platform does not know. */
export const startService = async (
  contexts: readonly Context[],
  settings: Readonly<Record<string, string>> = {},
): Promise<RunningService> => {
  const database = await createDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'platform-'));
  const service = await createService(
    { name: 'recorder', contexts },
    loadConfig({
      DATABASE_URL: database.url,
      KEYS_DIR: folder,
      PUBLIC_URL,
      LOG_LEVEL: 'silent',
      ...settings,
    }),
  );
  return {
    service,
    authorization: async (client) => {
      const key = accessTokenKey(service.foundation.keyRing.secret('access-tokens'));
      const actor = { id: client, role: 'provider', organisation: client } as const;
      return `Bearer ${await signAccessToken(key, PUBLIC_URL, actor)}`;
    },
    stop: async () => {
      await service.close();
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
