import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Client } from 'pg';
import { ConcurrencyError, DomainError, newId, UnavailableError } from '#kernel';
import { leafHash, Tree } from '#merkle';
import { createDatabase, type Database, fixedClock } from '#testing';
import { checkLog } from './check-log.js';
import { type Log, type NewEntry } from './log.js';
import { logMigrations } from './migrations.js';
import { PostgresLog } from './postgres-log.js';

const identityKey = Buffer.alloc(32, 7);
const clock = fixedClock('2026-06-01T10:00:00.000Z');
const mac = (text: string): Buffer => createHash('sha256').update(text).digest();

const intake = (eventId: string, content: string, time = '2026-05-01T10:00:00Z'): NewEntry => ({
  id: newId('evt'),
  kind: 'learning-event',
  time: new Date(time),
  alias: 'urn:lrn:a',
  intake: { source: 'urn:llcl:a:b', eventId, contentMac: mac(content) },
  data: { eventSource: 'urn:llcl:a:b', eventId },
  sealed: randomBytes(50),
});
const versioned = (stream: string, version: number): NewEntry => ({
  id: newId('evt'),
  kind: 'share-stopped',
  time: new Date('2026-05-01T10:00:00Z'),
  stream,
  version,
  data: { shareId: stream },
});

const readAll = (log: Log) => log.read({ after: -1, limit: 10_000 });

describe('the log in PostgreSQL', () => {
  let database: Database;
  let logs: PostgresLog[];
  const open = (): PostgresLog => {
    const log = new PostgresLog({ name: 'test', databaseUrl: database.url, identityKey, clock });
    logs.push(log);
    return log;
  };
  const violations = async (): Promise<readonly string[]> =>
    (await checkLog({ databaseUrl: database.url, name: 'test' })).violations.map(
      ({ what }) => what,
    );

  beforeEach(async () => {
    logs = [];
    database = await createDatabase(logMigrations);
  });
  afterEach(async () => {
    await Promise.all(logs.map((log) => log.close()));
    await database.close();
  });

  it('gives back what was appended, in order and whole', async () => {
    const log = open();
    const entry = intake('1', 'x');
    const [appended] = await log.append([entry, versioned('s', 1)]);
    expect(appended).toMatchObject({ status: 'recorded', seq: 0, id: entry.id });
    const [first, second] = await readAll(log);
    expect(first).toMatchObject({
      log: 'test',
      seq: 0,
      id: entry.id,
      kind: 'learning-event',
      topic: 'learning-events.v1',
      time: '2026-05-01T10:00:00.000Z',
      recordedAt: '2026-06-01T10:00:00.000Z',
      alias: 'urn:lrn:a',
      data: entry.data,
    });
    expect(Buffer.from(first?.sealed ?? [])).toEqual(Buffer.from(entry.sealed ?? []));
    expect(second).toMatchObject({ seq: 1, stream: 's', version: 1 });
    expect(await log.readStream('s')).toHaveLength(1);
    expect(await log.read({ after: -1, limit: 9, topics: ['wallet.v1'] })).toHaveLength(1);
    expect(await violations()).toEqual([]);
  });

  it('numbers densely under two processes with many callers each', async () => {
    const [a, b] = [open(), open()];
    const calls = Array.from({ length: 60 }, (_, n) =>
      (n % 2 === 0 ? a : b).append(
        Array.from({ length: (n % 7) + 1 }, (_, k) => intake(`${n}-${k}`, 'x')),
      ),
    );
    const appended = (await Promise.all(calls)).flat();
    const seqs = appended.map(({ seq }) => seq).toSorted((x, y) => x - y);
    expect(seqs).toEqual(seqs.map((_, n) => n));
    const tree = Tree.empty();
    const rows = await database.dataSource.query<{ leaf: Buffer }[]>(
      'select leaf from log.entry order by seq',
    );
    tree.append(rows.map(({ leaf }) => leafHash(leaf)));
    expect(await a.head()).toEqual({ size: appended.length, root: tree.root().toString('hex') });
    expect(await violations()).toEqual([]);
  });

  it('takes the same event once, says so, and refuses other content', async () => {
    const log = open();
    const [first] = await log.append([intake('1', 'x')]);
    const [again, other, later, lateOther] = await log.append([
      intake('1', 'x'),
      intake('1', 'y'),
      intake('1', 'x', '2026-05-02T00:00:00Z'),
      intake('1', 'y', '1970-01-01T00:00:00Z'),
    ]);
    const at = { id: first?.id, seq: 0, leafHash: first?.leafHash };
    expect(again).toEqual({ status: 'duplicate', ...at });
    expect(other).toEqual({ status: 'conflict', ...at });
    expect(later).toEqual({ status: 'duplicate', ...at });
    expect(lateOther).toEqual({ status: 'conflict', ...at });
    expect((await log.head()).size).toBe(1);
  });

  it('notices a repeat within one call, and in calls at the same time', async () => {
    const [a, b] = [open(), open()];
    const [one, two, three] = await a.append([
      intake('1', 'x'),
      intake('1', 'x'),
      intake('1', 'y'),
    ]);
    expect([one?.status, two?.status, three?.status]).toEqual([
      'recorded',
      'duplicate',
      'conflict',
    ]);
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 ? a : b).append([intake('2', 'x')])),
    );
    expect(results.flat().filter(({ status }) => status === 'recorded')).toHaveLength(1);
    expect(results.flat().filter(({ status }) => status === 'duplicate')).toHaveLength(19);
  });

  it('gives the same entries however the events are cut into calls', async () => {
    const log = open();
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 8 }), { maxLength: 8 }),
        async (calls) => {
          round += 1;
          const before = (await log.head()).size;
          await Promise.all(
            calls.map((ids) => log.append(ids.map((id) => intake(`${round}-${id}`, 'x')))),
          );
          expect((await log.head()).size - before).toBe(new Set(calls.flat()).size);
        },
      ),
      { numRuns: 20 },
    );
    expect(await violations()).toEqual([]);
  });

  it('lets one of many win a version, and refuses a gap', async () => {
    const [a, b] = [open(), open()];
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => (n % 2 ? a : b).append([versioned('s', 1)])),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(ConcurrencyError);
    await expect(a.append([versioned('s', 3)])).rejects.toThrow(ConcurrencyError);
    await expect(a.append([versioned('s', 1)])).rejects.toThrow(ConcurrencyError);
  });

  it('refuses a call whole, without harm to the others of its group', async () => {
    const log = open();
    const [good, bad, alsoGood] = await Promise.allSettled([
      log.append([intake('1', 'x')]),
      log.append([intake('2', 'x'), versioned('s', 2)]),
      log.append([versioned('t', 1)]),
    ]);
    expect([good.status, bad.status, alsoGood.status]).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect((await log.head()).size).toBe(2);
    expect((await log.append([intake('2', 'x')]))[0]?.status).toBe('recorded');
    expect(await violations()).toEqual([]);
  });

  it('refuses an entry that no entry bundle could hold', async () => {
    const log = open();
    const large = { ...intake('1', 'x'), data: { text: 'x'.repeat(70_000) } };
    await expect(log.append([large])).rejects.toThrow(DomainError);
    expect((await log.head()).size).toBe(0);
  });

  it('says that it is away when its connection is cut, and goes on by itself', async () => {
    const log = open();
    await log.append([intake('0', 'x')]);
    const admin = new Client({ connectionString: database.url });
    await admin.connect();
    const outcomes: (string | undefined)[] = [];
    for (let n = 1; n <= 30; n += 1) {
      const appending = log.append([intake(String(n), 'x')]);
      if (n % 5 === 0)
        await admin.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'ledger-log' and datname = current_database()",
        );
      outcomes.push(
        await appending.then(
          ([appended]) => appended?.status,
          (error: unknown) => {
            expect(error).toBeInstanceOf(UnavailableError);
            return 'unknown';
          },
        ),
      );
    }
    await admin.end();
    expect(outcomes).toContain('recorded');
    const again = [];
    for (let n = 1; n <= 30; n += 1) again.push(...(await log.append([intake(String(n), 'x')])));
    expect(again.map(({ seq }) => seq).toSorted((x, y) => x - y)).toEqual(
      again.map((_, n) => n + 1),
    );
    expect(await violations()).toEqual([]);
  });

  it('cannot be changed by the ledger itself', async () => {
    await open().append([intake('1', 'x')]);
    for (const statement of [
      'update log.entry set kind = kind',
      'delete from log.entry',
      'truncate log.entry',
      'delete from log.tile',
    ])
      await expect(database.dataSource.query(statement)).rejects.toThrow('append-only');
  });

  it.each([
    [
      'a flipped byte',
      `update log.entry set leaf = set_byte(leaf, 10, get_byte(leaf, 10) # 1) where seq = 300`,
      /bytes do not fit/u,
    ],
    [
      'a rewritten entry with its hash',
      `update log.entry set leaf = x.leaf, leaf_hash = sha256('\\x00'::bytea || x.leaf) from (select leaf from log.entry where seq = 5) x where seq = 300`,
      /root does not fit/u,
    ],
    [
      'another alias in the column',
      `update log.entry set alias = 'urn:lrn:b' where seq = 300`,
      /column alias/u,
    ],
    [
      'another time in the column',
      `update log.entry set time = time + interval '1 day' where seq = 300`,
      /column time/u,
    ],
    ['a dropped entry', 'delete from log.entry where seq = 300', /entry 300 is missing/u],
    [
      'a dropped last entry',
      'delete from log.entry where seq = 519',
      /state says 520 entries, there are 519/u,
    ],
    [
      'two entries in each other’s place',
      `update log.entry set seq = case seq when 300 then -300 else -301 end where seq in (300, 301); update log.entry set seq = case seq when -300 then 301 else 300 end where seq < 0`,
      /root does not fit/u,
    ],
    [
      'a changed tile',
      `update log.tile set hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 1) where index = 1`,
      /tile 0\/1 does not fit/u,
    ],
    [
      'a missing tile',
      'delete from log.tile where index = 0 and level = 0',
      /tile 0\/0 is missing/u,
    ],
    ['a changed root', `update log.state set root = sha256('x')`, /root does not fit/u],
    ['an older state', `update log.state set size = 512`, /state says 512/u],
    [
      'a lost version of a stream',
      `update log.entry set version = 2 where stream = 's'`,
      /stream lacks version 1/u,
    ],
  ])('notices %s', async (_, statement, found) => {
    const log = open();
    await log.append(Array.from({ length: 519 }, (_, n) => intake(String(n), 'x')));
    await log.append([versioned('s', 1)]);
    expect(await violations()).toEqual([]);
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query("set session_replication_role = 'replica'");
    await client.query(statement);
    await client.end();
    expect((await violations()).join('\n')).toMatch(found);
  });
});
