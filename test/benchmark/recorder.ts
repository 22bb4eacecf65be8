import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { accessTokenKey, signAccessToken } from '#access';
import type { Client } from '#contracts';
import { SystemClock } from '#kernel';
import { PostgresLog, SealingJournal } from '#log';
import { FileKeyRing, type Vault } from '#vault';
import { freePort, LedgerProcess } from '../processes/ledger-process.js';
import { events, SOURCE } from './events.js';
import { LEARNERS } from './entries.js';
import { postAll } from './load.js';
import type { Bench } from './row.js';

const PUBLIC_URL = 'http://bench.example';
const BATCH = 100;
const TRIES_MAX = 50;
const TRY_AGAIN_MS = 100;

export const CLIENT = 'bench';
export const XAPI_SECRET = 'a-secret-of-the-bench';
/** A provider as the bench registers it. */
export const provider: Client = {
  id: CLIENT,
  name: 'Bench',
  type: 'university',
  country: 'ES',
  homePage: 'https://bench.example',
  sources: [SOURCE],
  learningContext: 'formal',
  highestAssurance: 'assessed',
  recognises: false,
};

export interface Recorder {
  readonly url: string;
  readonly databaseUrl: string;
  readonly authorization: string;
  readonly process: LedgerProcess;
  close(): Promise<void>;
}

export const resultsAre =
  (count: number) =>
  (body: string): boolean =>
    body.split('"status":"recorded"').length === count + 1;

/** Bodies of POST /v1/events with so many events each. */
export const batches = (count: number, size: number): string[] =>
  Array.from({ length: count / size }, () => JSON.stringify(events(size)));

export const BATCH_TYPE = 'application/cloudevents-batch+json';

/** The recorder as it ships, in a process of its own; it knows the provider and the learners. */
export const openRecorder = async (
  bench: Bench,
  settings: Readonly<Record<string, string>> = {},
): Promise<Recorder> => {
  const databaseUrl = await bench.database();
  const keysDir = join(bench.folder, `keys-${randomBytes(4).toString('hex')}`);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const recorder = new LedgerProcess('apps/recorder/src/main.js', url, {
    HOST: '127.0.0.1',
    PORT: `${port}`,
    PUBLIC_URL,
    DATABASE_URL: databaseUrl,
    KEYS_DIR: keysDir,
    // Published checkpoints lie there: those of one database only.
    DATA_DIR: join(bench.folder, `recorder-${port}`),
    ...settings,
    CHECKPOINTS_DIR: join(keysDir, 'checkpoints'),
  });
  recorder.start();
  try {
    await recorder.ready();
    const authorization = await introduce({ url, databaseUrl, keysDir });
    return {
      url: `${url}/v1/events`,
      databaseUrl,
      authorization,
      process: recorder,
      close: () => recorder.stop(),
    };
  } catch (error) {
    await recorder.stop();
    throw error;
  }
};

/** Makes the provider and the learners known. Out: the provider's authorisation. */
const introduce = async (recorder: {
  readonly url: string;
  readonly databaseUrl: string;
  readonly keysDir: string;
}): Promise<string> => {
  const { url, databaseUrl, keysDir } = recorder;
  const keyRing = new FileKeyRing(keysDir);
  await register(databaseUrl, keyRing);
  const key = accessTokenKey(keyRing.secret('access-tokens'));
  const actor = { id: CLIENT, role: 'provider', organisation: CLIENT } as const;
  const authorization = `Bearer ${await signAccessToken(key, PUBLIC_URL, actor)}`;
  const load = {
    url: `${url}/v1/events`,
    headers: { authorization, 'content-type': BATCH_TYPE },
    check: resultsAre(BATCH),
  };
  // The provider is known once its registration has come through, perhaps in the middle of a try.
  for (let tries = 0; ; tries += 1)
    try {
      await postAll({ ...load, bodies: batches(LEARNERS, BATCH) });
      return authorization;
    } catch (error) {
      if (tries === TRIES_MAX) throw error;
      await sleep(TRY_AGAIN_MS);
    }
};

/** As identity would, by an entry. */
const register = async (databaseUrl: string, keyRing: FileKeyRing): Promise<void> => {
  const clock = new SystemClock();
  const identityKey = keyRing.secret('intake-identity');
  const log = new PostgresLog({ name: 'recorder', databaseUrl, identityKey, clock });
  const basicKeySha256 = createHash('sha256').update(XAPI_SECRET).digest('hex');
  const data = { client: provider, basicKeySha256, secretSha256: basicKeySha256 };
  // Nothing of it is personal, so no vault is asked.
  const journal = new SealingJournal(log, undefined as unknown as Vault, clock);
  await journal.append([{ kind: 'client-registered', data }]);
  await log.close();
};
