import { describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { UnavailableError } from '#kernel';
import type { Appended, NewEntry } from './log.js';
import { PostgresLog } from './postgres-log.js';
import { intake, upTo, versioned } from './testing/entries.js';
import { usingLogs } from './testing/using-logs.js';

const CALL = 100;
const logs = usingLogs({ isChecked: true });
const { open } = logs;
const sql = <T>(text: string): Promise<T[]> => logs.database.dataSource.query<T[]>(text);

const call = (name: string, count = CALL): NewEntry[] =>
  upTo(count).map((n) => intake(`${name}-${n}`));

/** A log that has written alone for a while, so that groups may go out behind each other. */
const alone = async (): Promise<PostgresLog> => {
  const log = open();
  for (const n of upTo(5)) await log.append(call(`before-${n}`, 1));
  return log;
};

/** Makes each commit slow, so that what may be behind it is. */
const slow = (ms: number) =>
  sql(`create function slow() returns trigger language plpgsql as
         $$ begin perform pg_sleep(${ms / 1_000}); return new; end $$;
       create trigger slow before update on log.state for each row execute function slow()`);

/** Most transactions of logs that were open at one time until `over`. */
const mostAtOnce = async (over: Promise<unknown>): Promise<number> => {
  let most = 0;
  const end = new AbortController();
  void over.finally(() => end.abort());
  while (!end.signal.aborted) {
    const [row] = await sql<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity
       where application_name = 'ledger-log' and datname = current_database()
         and xact_start is not null and backend_xid is not null`,
    );
    most = Math.max(most, row?.n ?? 0);
    await delay(1);
  }
  return most;
};

const statusesOf = (answers: readonly Appended[]) => [...new Set(answers.map((a) => a.status))];
const seqsOf = (answers: readonly Appended[]) => answers.map(({ seq }) => seq);

describe('groups behind each other', () => {
  it('are written while the one ahead commits, and numbered as if it was one after the other', async () => {
    const log = await alone();
    // Long enough to be seen on a busy machine, too.
    await slow(250);
    const appending = Promise.all(upTo(30).map((n) => log.append(call(`${n}`))));
    expect(await mostAtOnce(appending)).toBe(2);
    const answers = (await appending).flat();
    expect(seqsOf(answers)).toEqual(answers.map((_, n) => 5 + n));
    expect((await log.head()).size).toBe(3_005);
  });

  it('do not share a key: a repeat waits for what it repeats', async () => {
    const log = await alone();
    await slow(30);
    const calls = upTo(30).map((n) => [...call(`${n}`), intake(`shared-${n % 3}`)]);
    const answers = await Promise.all(calls.map((entries) => log.append(entries)));
    const shared = answers.map((call) => call.at(-1)?.status);
    expect(shared.filter((status) => status === 'recorded')).toHaveLength(3);
    expect(shared.slice(0, 3)).toEqual(['recorded', 'recorded', 'recorded']);
    for (const call of answers) expect(statusesOf(call.slice(0, CALL))).toEqual(['recorded']);
  });

  it('are all taken, once, where the one ahead holds a repeat', async () => {
    const log = await alone();
    await slow(30);
    const answers = await Promise.all([
      log.append([...call('0', 520), intake('before-0-0')]),
      ...upTo(20).map((n) => log.append(call(`behind-${n}`))),
    ]);
    expect(answers[0]?.at(-1)).toMatchObject({ status: 'duplicate', seq: 0 });
    const added = answers.flat().filter(({ status }) => status === 'recorded');
    expect(seqsOf(added)).toEqual(added.map((_, n) => 5 + n));
    expect(added).toHaveLength(2_520);
  });

  it('are taken where the one ahead, or one of them, is not what PostgreSQL takes', async () => {
    const log = await alone();
    await slow(30);
    await sql(`alter table log.entry add constraint no_two check (id not like 'bad%')`);
    const bad = (n: number) => ({ ...intake(`bad-${n}`), id: `bad-${n}` });
    const outcomes = await Promise.allSettled(
      upTo(30).map((n) => log.append(n % 10 === 3 ? [...call(`${n}`), bad(n)] : call(`${n}`))),
    );
    const refused = outcomes.flatMap((outcome, n) =>
      outcome.status === 'rejected' ? [`${n}: ${(outcome.reason as { code?: string }).code}`] : [],
    );
    expect(refused).toEqual(['3: 23514', '13: 23514', '23: 23514']);
    expect((await log.head()).size).toBe(5 + 27 * CALL);
  });

  it('let an aggregate that is among them see its version', async () => {
    const log = await alone();
    await slow(20);
    const outcomes = await Promise.allSettled(
      upTo(30).map((n) =>
        log.append(n % 10 === 5 ? [versioned('s', (n - 5) / 10 + 1)] : call(`${n}`)),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
    await expect(log.append([versioned('s', 3)])).rejects.toThrow('s');
  });

  it('of two processes stand in nobody’s way', async () => {
    const [a, b] = [await alone(), open()];
    const since = performance.now();
    const answers = await Promise.all(
      upTo(120).map(async (n) => {
        await delay(n);
        return (n % 3 === 0 ? b : a).append([...call(`${n}`), intake(`shared-${n % 7}`)]);
      }),
    );
    const added = answers.flat().filter(({ status }) => status === 'recorded');
    expect(seqsOf(added).toSorted((x, y) => x - y)).toEqual(added.map((_, n) => 5 + n));
    expect(added).toHaveLength(120 * CALL + 7);
    expect(performance.now() - since).toBeLessThan(20_000);
  }, 30_000);

  it('are answered as they should be where connections are cut', async () => {
    const log = await alone();
    const end = new AbortController();
    const outcomes = new Map<string, string>();
    const appender = async (own: number): Promise<void> => {
      for (let n = 0; !end.signal.aborted; n += 1) {
        const name = `${own}-${n}`;
        try {
          outcomes.set(name, statusesOf(await log.append(call(name))).join());
        } catch (error) {
          expect(error).toBeInstanceOf(UnavailableError);
          outcomes.set(name, 'unknown');
        }
      }
    };
    const appending = upTo(12).map(appender);
    for (const _ of upTo(25)) {
      await delay(40);
      // One of both, whichever.
      await sql(`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'ledger-log' and datname = current_database()
          and backend_xid is not null order by random() limit 1`);
    }
    end.abort();
    await Promise.all(appending);
    expect(new Set(outcomes.values())).toEqual(new Set(['recorded', 'unknown']));
    for (const [name, outcome] of outcomes) {
      const statuses = statusesOf(await log.append(call(name)));
      expect(statuses).toHaveLength(1);
      if (outcome === 'recorded') expect(statuses).toEqual(['duplicate']);
    }
    expect((await log.head()).size).toBe(5 + outcomes.size * CALL);
  }, 60_000);
});

/** One entry each, so many milliseconds apart: they come while others are on their way. */
const trickle = <T>(count: number, append: (n: number) => Promise<T>, apart = 0.25): Promise<T[]> =>
  Promise.all(
    upTo(count).map(async (n) => {
      await delay(n * apart);
      return append(n);
    }),
  );

describe('small groups behind each other', () => {
  it('are numbered as if it was one after the other', async () => {
    const log = await alone();
    await slow(2);
    const answers = (await trickle(300, (n) => log.append([intake(`${n}`)]))).flat();
    expect(statusesOf(answers)).toEqual(['recorded']);
    expect(seqsOf(answers).toSorted((a, b) => a - b)).toEqual(upTo(300).map((n) => 5 + n));
  });

  it('are all taken, once, where some hold repeats', async () => {
    const log = await alone();
    await slow(2);
    const answers = (await trickle(300, (n) => log.append([intake(`${n % 250}`)]))).flat();
    const added = answers.filter(({ status }) => status === 'recorded');
    expect(seqsOf(added).toSorted((a, b) => a - b)).toEqual(upTo(250).map((n) => 5 + n));
    expect(statusesOf(answers)).toEqual(['recorded', 'duplicate']);
  });

  it('are taken where one is not what PostgreSQL takes', async () => {
    const log = await alone();
    await slow(2);
    await sql(`alter table log.entry add constraint no_two check (id not like 'bad%')`);
    const outcomes = await trickle(200, async (n) => {
      const id = n % 50 === 7 ? `bad-${n}` : `good-${n}`;
      const [outcome] = await Promise.allSettled([log.append([{ ...intake(`${n}`), id }])]);
      return outcome.status;
    });
    expect(outcomes.filter((status) => status === 'rejected')).toHaveLength(4);
    expect((await log.head()).size).toBe(5 + 196);
  });

  it('stand among large ones and streams', async () => {
    const log = await alone();
    await slow(2);
    let version = 0;
    const answers = await trickle(200, (n) => {
      if (n % 20 === 3) return log.append(call(`${n}`));
      if (n % 20 === 13) return log.append([versioned('s', (version += 1))]);
      return log.append([intake(`${n}`)]);
    });
    expect(statusesOf(answers.flat())).toEqual(['recorded']);
    expect((await log.head()).size).toBe(5 + 190 + 10 * CALL);
  });

  it('of two processes stand in nobody’s way', async () => {
    const [a, b] = [await alone(), open()];
    const answers = (
      await trickle(400, (n) => (n % 3 === 0 ? b : a).append([intake(`${n % 350}`)]))
    ).flat();
    const added = answers.filter(({ status }) => status === 'recorded');
    expect(seqsOf(added).toSorted((x, y) => x - y)).toEqual(upTo(350).map((n) => 5 + n));
  });

  it('have no large one behind them, for whose rows another process would wait', async () => {
    const log = await alone();
    // Another process that has the lock and is about to copy its rows.
    const other = logs.database.dataSource.createQueryRunner();
    try {
      await other.query(`begin; set local statement_timeout = '5s';
        select from log.state where name = 'test' for update`);
      const small = log.append([intake('small')]);
      await delay(100);
      const large = log.append(call('large'));
      await delay(200);
      await other.query(
        `insert into log.entry (seq, id, kind, topic, time, recorded_at, leaf, leaf_hash)
         select 6, 'evt_other', kind, topic, time, recorded_at, leaf, leaf_hash
         from log.entry where seq = 0`,
      );
      await other.query('rollback');
      expect(seqsOf(await small)).toEqual([5]);
      expect(seqsOf(await large)).toEqual(upTo(CALL).map((n) => 6 + n));
    } finally {
      await other.release();
    }
  });

  it('are answered as they should be where the connection is cut', async () => {
    const log = await alone();
    await slow(2);
    const end = new AbortController();
    const cutting = (async () => {
      while (!end.signal.aborted) {
        // Long enough for some to be written before it is cut again, also on a busy machine.
        await delay(150);
        await sql(`select pg_terminate_backend(pid) from pg_stat_activity
          where application_name = 'ledger-log' and datname = current_database()`);
      }
    })();
    const append = async (n: number): Promise<string> => {
      try {
        return statusesOf(await log.append([intake(`${n}`)])).join();
      } catch (error) {
        expect(error).toBeInstanceOf(UnavailableError);
        return 'unknown';
      }
    };
    const outcomes = await trickle(1_000, append, 2);
    end.abort();
    await cutting;
    expect(new Set(outcomes)).toEqual(new Set(['recorded', 'unknown']));
    /** The last cut may be found out only now: then, as always, the call is repeated. */
    const again = async (n: number): Promise<string> => {
      try {
        return statusesOf(await log.append([intake(`${n}`)])).join();
      } catch (error) {
        expect(error).toBeInstanceOf(UnavailableError);
        await delay(20);
        return again(n);
      }
    };
    for (const [n, outcome] of outcomes.entries()) {
      const status = await again(n);
      if (outcome === 'recorded') expect(status).toBe('duplicate');
    }
    expect((await log.head()).size).toBe(5 + outcomes.length);
  }, 60_000);
});
