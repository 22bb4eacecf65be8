import { describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { checkLog } from './check-log.js';
import { intake, upTo, versioned } from './testing/entries.js';
import { usingLogs } from './testing/using-logs.js';

const logs = usingLogs();
const { open, violations } = logs;

/** Changes what the triggers protect, as somebody with the database's own rights could. */
const tamper = async (statement: string): Promise<void> => {
  const client = new Client({ connectionString: logs.database.url });
  await client.connect();
  await client.query("set session_replication_role = 'replica'");
  await client.query(statement);
  await client.end();
};

describe('the check of a log', () => {
  it('says nothing of a log that is well, and how far it is', async () => {
    const log = open();
    await log.append(upTo(4_500).map((n) => intake(String(n))));
    const steps: number[] = [];
    const checked = await checkLog({
      databaseUrl: logs.database.url,
      name: 'test',
      onProgress: (done, total) => steps.push(done / total),
    });
    expect(checked).toEqual({ ...(await log.head()), violations: [] });
    expect(steps.at(-1)).toBe(1);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  });

  it('sees one moment while others append', async () => {
    const log = open();
    const end = new AbortController();
    const appending = (async () => {
      for (let n = 0; !end.signal.aborted; n += 1)
        await log.append(upTo(50).map((k) => intake(`${n}-${k}`)));
    })();
    for (let n = 0; n < 5; n += 1) expect(await violations()).toEqual([]);
    end.abort();
    await appending;
  });

  it('names the gap and not all that follows it', async () => {
    const log = open();
    await log.append(upTo(1_000).map((n) => intake(String(n))));
    await tamper(
      'delete from log.entry where seq between 10 and 19; delete from log.intake_key where seq between 10 and 19',
    );
    expect(await violations()).toEqual([
      'entries 10 to 19 are missing',
      'the state says 1000 entries, there are 990',
      'the tree cannot be recomputed, as entries are missing',
    ]);
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
      'a microsecond more',
      `update log.entry set recorded_at = recorded_at + interval '1 microsecond' where seq = 300`,
      /column recorded_at/u,
    ],
    [
      'a time that is no time',
      `update log.entry set time = 'infinity' where seq = 300`,
      /column time/u,
    ],
    [
      'bytes that are no entry',
      `update log.entry set leaf = 'x', leaf_hash = sha256('\\x0078') where seq = 300`,
      /not an entry/u,
    ],
    [
      'another MAC, under which a repeat would be a conflict',
      `update log.entry set content_mac = sha256('y') where seq = 300`,
      /column content_mac/u,
    ],
    [
      'a lost key of an event, which could be recorded again',
      'delete from log.intake_key where seq = 300',
      /key of the intake event is missing/u,
    ],
    [
      'a key that leads to another event',
      `update log.intake_key set seq = case seq when 300 then 301 else 300 end where seq in (300, 301)`,
      /key of the intake event is another/u,
    ],
    [
      'a key that leads nowhere',
      `insert into log.intake_key values ('x', 1000)`,
      /leads to no such event/u,
    ],
    [
      'a moved id',
      `update log.entry set id = (select id from log.entry where seq = 5) where seq = 300`,
      /earlier entry has the same id/u,
    ],
    [
      'a tile that is cut short',
      `update log.tile set hashes = substr(hashes, 1, 8160) where index = 0`,
      /tile 0\/0 does not fit/u,
    ],
    [
      'a tile that is not full',
      `insert into log.tile values (0, 2, sha256('x'))`,
      /tile 0\/2 is not full/u,
    ],
    [
      'a changed edge',
      `update log.state set edge = set_byte(edge, 5, get_byte(edge, 5) # 1)`,
      /edge of the tree/u,
    ],
    ['an edge that cannot be read', `update log.state set edge = 'x'`, /edge of the tree/u],
    ['a lost state', 'delete from log.state', /state says 0 entries/u],
    [
      'a lost version of a stream',
      `update log.entry set version = 2 where stream = 's'`,
      /stream lacks version 1/u,
    ],
  ])('notices %s', async (_, statement, found) => {
    const log = open();
    await log.append(upTo(519).map((n) => intake(String(n))));
    await log.append([versioned('s', 1)]);
    expect(await violations()).toEqual([]);
    await tamper(statement);
    expect((await violations()).join('\n')).toMatch(found);
  });
});
