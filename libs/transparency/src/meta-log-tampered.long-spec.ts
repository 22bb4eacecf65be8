import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { logMigrations, MetaLogGuard } from '#log';
import { formatCheckpoint } from '#merkle';
import { createDatabase, type Database } from '#testing';
import { CreateMetaLog1764100100000 } from './migrations.js';
import { MetaLog } from './meta-log.js';
import { MetaStore } from './meta-store.js';
import { forge } from './testing/forge.js';
import {
  copyDatabase,
  entries,
  removeFolder,
  type RunningLog,
  runLog,
  tamper,
} from './testing/running-log.js';

interface Keeper {
  readonly running: RunningLog;
  readonly meta: MetaLog;
  readonly guard: MetaLogGuard;
}
let keeper: Keeper;
let keepers: Keeper[];
let databases: Set<Database>;

/** A service that keeps a meta-log over its own log, with six checkpoints of it, the first while it was empty. */
beforeEach(async () => {
  [keepers, databases] = [[], new Set()];
  keeper = await keep(await createDatabase([...logMigrations, CreateMetaLog1764100100000]));
  for (let n = 0; n < 5; n += 1) await grow();
});
afterEach(async () => {
  for (const { meta, running } of keepers) {
    await meta.stop();
    await running.stop();
  }
  for (const database of databases) await database.close();
  await removeFolder(keeper.running.checkpointsDir);
});

/** With a folder of an earlier one: as a restart or a restore would. */
const keep = async (database: Database, checkpointsDir?: string): Promise<Keeper> => {
  databases.add(database);
  const running = await runLog({
    database,
    name: 'exchange',
    settings: { meta: { logs: [], url: '' } },
    ...(checkpointsDir === undefined ? {} : { checkpointsDir }),
  });
  const meta = running.app.get(MetaLog);
  await meta.start();
  const kept = { running, meta, guard: running.app.get(MetaLogGuard) };
  keepers.push(kept);
  return kept;
};
/** The own log grows, and the meta-log takes its checkpoint if it goes on. */
const grow = async ({ running, meta }: Keeper = keeper): Promise<void> => {
  await running.log.append(entries(1));
  await running.step();
  await meta.round();
};
const sizeOf = async ({ running }: Keeper): Promise<number> => {
  const [row] = await running.database.dataSource.query<{ size: string }[]>(
    'select size from meta_log.state',
  );
  return Number(row?.size);
};
/** What is wrong with it, after it was shown that it neither grows nor is signed. */
const refusal = async (kept: Keeper = keeper): Promise<string | undefined> => {
  await kept.meta.round();
  const size = await sizeOf(kept);
  await grow(kept);
  expect(await sizeOf(kept)).toBe(size);
  const answer = await kept.running.get('/log/meta/checkpoint');
  expect([answer.statusCode, answer.json().code]).toEqual([503, 'log-not-trusted']);
  return kept.guard.distrust;
};
const sizeSigned = async (kept: Keeper = keeper): Promise<number> =>
  Number((await kept.running.get('/log/meta/checkpoint')).body.split('\n')[1]);

const REWRITTEN = `update meta_log.entry set leaf = leaf || '\\x0a' where seq = 1`;
const DROPPED = 'delete from meta_log.entry where seq = 1';
/** Puts the three tables back as they were when they were kept. */
const KEEP = `create schema kept; create table kept.entry as table meta_log.entry;
  create table kept.tile as table meta_log.tile; create table kept.state as table meta_log.state`;
const RESTORE = `delete from meta_log.entry; insert into meta_log.entry table kept.entry;
  delete from meta_log.tile; insert into meta_log.tile table kept.tile;
  delete from meta_log.state; insert into meta_log.state table kept.state`;

describe('a meta-log and what was published of it', () => {
  it('goes on while all is well, and after a restart', async () => {
    expect([keeper.guard.distrust, keeper.guard.published]).toEqual([undefined, 6]);
    await keeper.meta.stop();
    await keeper.running.stop();
    keepers = [];
    keeper = await keep(keeper.running.database, keeper.running.checkpointsDir);
    await grow();
    expect([keeper.guard.distrust, await sizeSigned()]).toEqual([undefined, 7]);
  });

  it.each([256, 257])('looks at the newest entry of %d', async (size) => {
    const { dataSource } = keeper.running.database;
    const filling = Array.from({ length: size - 6 }, (_, n) => {
      const checkpoint = { origin: 'other.example/log', size: n, root: Buffer.alloc(32) };
      return { checkpoint, note: formatCheckpoint(checkpoint) };
    });
    await new MetaStore(dataSource, keeper.guard).append(filling);
    await keeper.meta.round();
    expect([keeper.guard.distrust, await sizeSigned()]).toEqual([undefined, size]);
    await tamper(
      keeper.running.database,
      `update meta_log.entry set leaf = leaf || '\\x0a' where seq = ${size - 1}`,
    );
    expect(await refusal()).toBe('not-as-published');
  });

  it.each([
    ['rewritten', REWRITTEN, 'not-as-published'],
    ['dropped', DROPPED, 'behind-the-published-checkpoint'],
    [
      'put in the place of another',
      `update meta_log.entry set seq = -seq where seq in (1, 2);
       update meta_log.entry set seq = case seq when -1 then 2 else 1 end where seq < 0`,
      'not-as-published',
    ],
  ])('refuses one with an entry that was %s, with all made to fit', async (_, change, word) => {
    await forge(keeper.running.database, { change, schema: 'meta_log' });
    expect(await refusal()).toBe(word);
  });

  it.each([
    ['an entry that was rewritten', REWRITTEN],
    ['an entry that was dropped', DROPPED],
    ['its last entry dropped', 'delete from meta_log.entry where seq = 5'],
    ['all its entries dropped', 'delete from meta_log.entry'],
    ['another root', `update meta_log.state set root = sha256('x')`],
    ['an edge that cannot be read', `update meta_log.state set edge = 'x'`],
    [
      'an edge under the right root',
      'update meta_log.state set edge = set_byte(edge, 40, 1 # get_byte(edge, 40))',
    ],
  ])('refuses one with %s, and nothing made to fit', async (_, change) => {
    await tamper(keeper.running.database, change);
    expect(await refusal()).toBe('not-as-published');
  });

  it('refuses one whose state is gone', async () => {
    await tamper(keeper.running.database, 'delete from meta_log.state');
    expect(await refusal()).toBe('behind-the-published-checkpoint');
  });

  it('refuses an old backup of it, even before anybody has looked', async () => {
    const { database } = keeper.running;
    await tamper(database, KEEP);
    await grow();
    await keeper.running.log.append(entries(1));
    await keeper.running.step();
    await tamper(database, RESTORE);
    expect(await refusal()).toBe('behind-the-published-checkpoint');
    expect(await sizeOf(keeper)).toBe(6);
  });

  it('refuses an old backup of it that has grown past what was published', async () => {
    const { database } = keeper.running;
    await tamper(database, KEEP);
    await grow();
    await keeper.meta.stop();
    await tamper(database, RESTORE);
    await forge(database, {
      schema: 'meta_log',
      change: `insert into meta_log.entry select seq + 6, origin, size + 100, leaf, leaf_hash
        from meta_log.entry where seq < 3`,
    });
    await keeper.meta.start();
    expect(await refusal()).toBe('not-as-published');
  });

  it('refuses an old backup of the whole database, with the log beside it', async () => {
    const backup = await copyDatabase(keeper.running.database);
    // The copy cut the connections: what was lost idle is met at the next query.
    while ((await sizeSigned().catch(() => 0)) !== 7) await grow().catch(() => sleep(50));
    const restored = await keep(backup, keeper.running.checkpointsDir);
    await restored.meta.round();
    expect([restored.running.guard.distrust, restored.guard.distrust]).toEqual([
      'behind-the-published-checkpoint',
      'behind-the-published-checkpoint',
    ]);
  });

  it('is trusted again once the right one is back, while the own log has gone on', async () => {
    await tamper(keeper.running.database, KEEP);
    await tamper(keeper.running.database, `update meta_log.state set root = sha256('x')`);
    expect(await refusal()).toBe('not-as-published');
    expect(keeper.running.guard.distrust).toBeUndefined();
    await tamper(keeper.running.database, RESTORE);
    await keeper.meta.round();
    await grow();
    expect([keeper.guard.distrust, await sizeSigned()]).toEqual([undefined, 7]);
  });

  it('begins from a checkpoint that somebody kept where its folder was lost', async () => {
    const { body: kept } = await keeper.running.get('/log/meta/checkpoint');
    const folder = join(keeper.running.checkpointsDir, 'meta');
    await removeFolder(folder);
    mkdirSync(folder);
    expect(await refusal()).toBe('without-its-published-checkpoints');
    const { body: own } = await keeper.running.get('/log/exchange/checkpoint');
    await expect(keeper.meta.begin(own)).rejects.toThrow('by our key');
    await keeper.meta.begin(kept);
    await grow();
    expect([keeper.guard.distrust, await sizeSigned()]).toEqual([undefined, 7]);
  });
});
