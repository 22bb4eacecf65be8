import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { intake, upTo, versioned } from './testing/entries.js';
import { usingLogs } from './testing/using-logs.js';

const logs = usingLogs();
const { open, violations } = logs;

/** At how many entries the connections that are closed by now have looked, and how often at all of them. */
const looked = async (): Promise<{ at: number; scans: number }> => {
  const ask = async <Row>(text: string): Promise<Row | undefined> =>
    (await logs.database.dataSource.query<Row[]>(text))[0];
  const isOpen = () =>
    ask(`select from pg_stat_activity
         where datname = current_database() and application_name = 'ledger-log'`);
  // What a connection has counted is told when it ends.
  while (await isOpen()) await sleep(20);
  const row = await ask<{ at: string; scans: string }>(
    `select idx_tup_fetch as at, seq_scan as scans from pg_stat_user_tables
     where schemaname = 'log' and relname = 'entry'`,
  );
  return { at: Number(row?.at), scans: Number(row?.scans) };
};

describe('reading the log in PostgreSQL', () => {
  it('is empty at first, and has the root of the empty tree', async () => {
    expect(await open().append([])).toEqual([]);
    expect(await open().head()).toEqual({
      size: 0,
      root: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    });
    expect(await violations()).toEqual([]);
  });

  it('is read in pages, by topic if asked', async () => {
    const log = open();
    await log.append(
      upTo(10).map((n) => (n % 2 === 0 ? intake(String(n)) : versioned('s', (n + 1) / 2))),
    );
    const seqs = async (options: Parameters<typeof log.read>[0]) =>
      (await log.read(options)).map(({ seq }) => seq);
    expect(await seqs({ after: 2, limit: 3 })).toEqual([3, 4, 5]);
    expect(await seqs({ after: 9, limit: 3 })).toEqual([]);
    expect(await seqs({ after: 2, limit: 2, among: { topics: ['wallet.v1'], within: 9 } })).toEqual(
      [3, 5],
    );
    expect(await seqs({ after: 2, limit: 9, among: { topics: ['wallet.v1'], within: 2 } })).toEqual(
      [3],
    );
    expect(
      await seqs({ after: -1, limit: 9, among: { topics: ['identity.v1'], within: 99 } }),
    ).toEqual([]);
    expect((await log.readStream('s')).map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
    expect(await log.readStream('t')).toEqual([]);
  });

  it('is read by topic with a bounded look, however little PostgreSQL knows of it', async () => {
    const log = open();
    for (const n of upTo(8)) await log.append(upTo(2_000).map((k) => intake(`${n}-${k}`)));
    const among = { topics: ['wallet.v1'] as const, within: 1_000 };
    for (const after of [-1, 9_000, 15_990])
      expect(await log.read({ after, limit: 1_000, among })).toEqual([]);
    await log.close();
    expect(await looked()).toEqual({ at: 1_000 + 1_000 + 9, scans: 0 });
  });

  it('is read verbatim as well: the same, with the content as it is stored', async () => {
    const log = open();
    const name = { ...versioned('s', 1), data: { shareId: 'Ωμέγα 🎓 "quoted"' } };
    await log.append([intake('1'), name, intake('2')]);
    const taken = (await log.read({ after: 0, limit: 1 })).map(
      ({ leafHash: _hash, ...entry }) => entry,
    );
    const verbatim = await log.readVerbatim({ after: 0, limit: 1 });
    expect(verbatim.map(({ content, ...entry }) => ({ ...entry, ...JSON.parse(content) }))).toEqual(
      taken,
    );
    const [{ seq, content } = { seq: -1, content: '' }] = await log.readVerbatim({
      after: 1,
      limit: 9,
    });
    expect(seq).toBe(2);
    expect(content).toMatch(/^\{"data":\{.*\},"sealed":"[\w-]+"\}$/u);
  });

  it('tells its listeners of each commit that added something, until they leave', async () => {
    const log = open();
    let commits = 0;
    const leave = log.onCommit(() => {
      commits += 1;
    });
    await log.append([intake('1')]);
    await log.append([intake('1')]);
    expect(commits).toBe(1);
    leave();
    await log.append([intake('2')]);
    expect(commits).toBe(1);
  });
});
