import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkLog } from '#log';
import { parseVerifierKey } from '#merkle';
import type { Database } from '#testing';
import { openCheckpoint, RemoteLog, type SignedCheckpoint } from './remote-log.js';
import { forge, forgeries } from './testing/forge.js';
import {
  copyDatabase,
  entries,
  removeFolder,
  type RunningLog,
  runLog,
} from './testing/running-log.js';
import { recomputeLog, verifyLog } from './verify-log.js';

let first: RunningLog;
let kept: SignedCheckpoint;
const later: RunningLog[] = [];
const copies: Database[] = [];

beforeEach(async () => {
  first = await runLog();
  await first.log.append(entries(520));
  await first.step();
  kept = openCheckpoint((await first.get('/log/ledger/checkpoint')).body, await keyOf(first));
  await first.log.append(entries(100));
  await first.step();
});
afterEach(async () => {
  for (const log of [...later.splice(0), first]) {
    await log.stop();
    await removeFolder(log.checkpointsDir);
  }
  for (const copy of copies.splice(0)) await copy.close();
  await first.database.close();
});

const keyOf = async (log: RunningLog) =>
  parseVerifierKey((await log.get('/log/ledger/vkey')).body.trim());

/** As somebody far away sees it, who has the key and perhaps a token. */
const remote = async (log: RunningLog, token?: string): Promise<RemoteLog> => {
  if (!log.app.getHttpServer().listening) await log.app.listen(0, '127.0.0.1');
  return new RemoteLog(`${await log.app.getUrl()}/log/ledger`, await keyOf(log), { token });
};
const AUDITOR = 'auditor:per_a';

/** Served by somebody who holds the key and has put the published checkpoints aside, too. */
const servedAnew = async (database: Database): Promise<RunningLog> => {
  const log = await runLog({ database, isFirst: true });
  later.push(log);
  return log;
};
const fsck = async ({ url }: Database, published: readonly SignedCheckpoint[] = []) => {
  const checked = await checkLog({
    databaseUrl: url,
    name: 'ledger',
    published: published.map(({ checkpoint }) => checkpoint),
  });
  return checked.violations.map(({ what }) => what).join('\n');
};

describe('somebody who kept an old checkpoint', () => {
  it('finds a log that grew to be one history', async () => {
    const log = await remote(first, AUDITOR);
    const now = await verifyLog(log, kept);
    expect([now.checkpoint.size, kept.checkpoint.size]).toEqual([620, 520]);
    await recomputeLog(log, now, { withEntries: true });
    expect(await verifyLog(log, now)).toEqual(now);
    expect(await fsck(first.database, [kept, now])).toBe('');
  });

  it.each(forgeries)(
    'and fsck notice an entry that was %s, with all made to fit',
    async (_, change) => {
      await forge(first.database, { change });
      expect(await fsck(first.database)).toBe('');
      expect(await fsck(first.database, [kept])).toBe(
        'the first 520 entries are not those that were published',
      );
      const log = await remote(await servedAnew(first.database));
      await expect(verifyLog(log, kept)).rejects.toThrow('it was rewritten');
    },
  );

  it.each(forgeries)('and the service itself notice an entry that was %s', async (_, change) => {
    await forge(first.database, { change });
    await first.step();
    expect(first.guard.distrust).toMatch(/^(?:not-as|behind-the)-published/u);
  });

  it.each(forgeries)(
    'is helped by fsck and by auditors where no hash of it changed: %s',
    async (_, change) => {
      await forge(first.database, { change, repair: false });
      expect(await fsck(first.database)).not.toBe('');
      const log = await remote(first, AUDITOR);
      const now = await verifyLog(log, kept);
      await expect(recomputeLog(log, now, { withEntries: true })).rejects.toThrow(
        /does not have its hash|answered 503/u,
      );
    },
  );

  it.each(forgeries)(
    'is told by the holder of a receipt of an entry that was %s',
    async (_, change) => {
      const path = '/v1/ledger/ledger/entries/300';
      expect((await first.get(`${path}/proof`)).statusCode).toBe(200);
      await forge(first.database, { change, repair: false });
      for (const asked of [path, `${path}/proof`]) {
        const answer = await first.get(asked);
        expect([answer.statusCode, answer.json().code]).toEqual([503, 'log-not-trusted']);
      }
      expect((await first.get('/v1/ledger/ledger/entries/5/proof')).statusCode).toBe(200);
    },
  );

  it('and fsck notice an old backup, before and after it has grown', async () => {
    const backup = await copyDatabase(first.database);
    copies.push(backup);
    expect(await fsck(backup, [kept])).toBe('');
    const before = { ...kept, checkpoint: { ...kept.checkpoint, size: 700 } };
    expect(await fsck(backup, [before])).toBe(
      '700 entries were published, there are 620: an old backup?',
    );
    await first.step();
    const published = await publishedAfter(100);
    const restored = await servedAnew(backup);
    await expect(verifyLog(await remote(restored), published)).rejects.toThrow('it was cut');
    await restored.log.append(entries(200));
    await restored.step();
    await expect(verifyLog(await remote(restored), published)).rejects.toThrow('it was rewritten');
    expect(await fsck(backup, [published])).toMatch('first 720 entries are not those');
  });

  it.each([
    [
      'a tile',
      `update log.tile set hashes = set_byte(hashes, 40, 1 # get_byte(hashes, 40)) where index = 0 and level = 0`,
    ],
    ['a lost tile', 'delete from log.tile where index = 0 and level = 0'],
  ])('notices %s that does not fit', async (_, change) => {
    await forge(first.database, { change, repair: false });
    expect(await fsck(first.database)).toContain('tile 0/0');
    const log = await remote(first);
    const now = await verifyLog(log);
    await expect(recomputeLog(log, now)).rejects.toThrow(
      /do not have the root|does not fit|answered 503/u,
    );
  });

  it('trusts the key and nothing else', async () => {
    const { url } = { url: `${(await remote(first), await first.app.getUrl())}/log/ledger` };
    const stranger = await keyOf(first);
    const other = { ...stranger, publicKey: Buffer.alloc(32, 3), id: Buffer.alloc(4, 3) };
    await expect(verifyLog(new RemoteLog(url, other))).rejects.toThrow('no known key');
    await expect(verifyLog(new RemoteLog(`${url}x`, stranger))).rejects.toThrow('no log at');
    await expect(
      recomputeLog(new RemoteLog(url, stranger), kept, { withEntries: true }),
    ).rejects.toThrow('answered 401');
  });
});

const publishedAfter = async (count: number): Promise<SignedCheckpoint> => {
  for (let attempt = 0; ; attempt += 1)
    try {
      await first.log.append(entries(count));
      break;
    } catch (error) {
      if (attempt === 20) throw error;
    }
  await first.step();
  return openCheckpoint((await first.get('/log/ledger/checkpoint')).body, await keyOf(first));
};
