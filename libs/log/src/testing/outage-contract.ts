import { describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { UnavailableError } from '#kernel';
import { PostgresLog } from '../postgres-log.js';
import { intake, upTo } from './entries.js';
import type { Logs } from './using-logs.js';

const CUT =
  "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'ledger-log' and datname = 'NAME'";

/** The status of a call, or `unknown` where the log was away. Any other error is thrown. */
const outcomeOf = async (call: ReturnType<PostgresLog['append']>): Promise<string | undefined> => {
  try {
    return (await call)[0]?.status;
  } catch (error) {
    if (error instanceof UnavailableError) return 'unknown';
    throw error;
  }
};

/** What every log does when its database goes away, whichever thread writes it. */
export const describeOutages = (logs: Logs): void => {
  const { open, violations } = logs;
  /** Works on the server from another database, as an operator would. */
  const asOperator = async (...statements: readonly string[]): Promise<void> => {
    const url = new URL(logs.database.url);
    const name = url.pathname.slice(1);
    url.pathname = '/postgres';
    const client = new Client({ connectionString: url.href });
    await client.connect();
    for (const statement of statements) await client.query(statement.replaceAll('NAME', name));
    await client.end();
  };
  describe('the log when its database goes away', () => {
    it('says so, goes on by itself, and a repeat finds out what became of each call', async () => {
      const [a, b] = [open(), open()];
      const outcomes = new Map<string, string | undefined>();
      const end = new AbortController();
      const appender = async (log: PostgresLog, own: string): Promise<void> => {
        for (let n = 0; !end.signal.aborted; n += 1) {
          const entries = upTo(20).map((k) => intake(`${own}-${n}-${k}`));
          outcomes.set(`${own}-${n}`, await outcomeOf(log.append(entries)));
        }
      };
      const appending = [a, b].flatMap((log, n) => upTo(4).map((k) => appender(log, `${n}${k}`)));
      for (let n = 0; n < 20; n += 1) {
        await delay(20);
        await asOperator(CUT);
      }
      end.abort();
      await Promise.all(appending);
      const recorded = [...outcomes].filter(([, outcome]) => outcome === 'recorded');
      expect(recorded.length).toBeGreaterThan(0);
      expect([...outcomes.values()]).toContain('unknown');
      for (const [call, outcome] of outcomes) {
        const repeated = await a.append(upTo(20).map((k) => intake(`${call}-${k}`)));
        const statuses = new Set(repeated.map(({ status }) => status));
        expect(statuses.size).toBe(1);
        if (outcome === 'recorded') expect([...statuses]).toEqual(['duplicate']);
      }
      expect((await a.head()).size).toBe(outcomes.size * 20);
      expect(await violations()).toEqual([]);
    }, 30_000);

    it('never shows a state ahead of its entries, or behind them', async () => {
      const log = open();
      await log.append([intake('first')]);
      const end = new AbortController();
      const appending = (async () => {
        for (let n = 0; !end.signal.aborted; n += 1)
          await outcomeOf(log.append(upTo(300).map((k) => intake(`${n}-${k}`))));
      })();
      for (let n = 0; n < 25; n += 1) {
        if (n % 3 === 0) await asOperator(CUT);
        const [row] = await logs.database.dataSource.query<{ size: string; count: string }[]>(
          'select size, (select count(*) from log.entry) as count from log.state',
        );
        expect(row?.size).toBe(row?.count);
      }
      end.abort();
      await appending;
      expect(await violations()).toEqual([]);
    }, 30_000);

    it('refuses at once while it cannot be reached, and comes back', async () => {
      const log = open();
      await log.append([intake('1')]);
      await asOperator('alter database "NAME" allow_connections false', CUT);
      const refused = [];
      const begin = performance.now();
      for (let n = 0; n < 50; n += 1) refused.push(await outcomeOf(log.append([intake('2')])));
      expect(new Set(refused)).toEqual(new Set(['unknown']));
      expect(performance.now() - begin).toBeLessThan(4_000);
      await expect(log.read({ after: -1, limit: 1 })).rejects.toThrow(UnavailableError);
      await expect(log.head()).rejects.toThrow(UnavailableError);
      await asOperator('alter database "NAME" allow_connections true');
      let outcome = await outcomeOf(log.append([intake('2')]));
      for (let n = 0; n < 100 && outcome === 'unknown'; n += 1) {
        await delay(50);
        outcome = await outcomeOf(log.append([intake('2')]));
      }
      expect(outcome).toBe('recorded');
      expect(await log.head()).toMatchObject({ size: 2 });
    });

    /** Another process that has the lock and stands still. */
    const hanging = async (): Promise<Client> => {
      const other = new Client({ connectionString: logs.database.url });
      await other.connect();
      await other.query('begin');
      await other.query('select size from log.state for update');
      return other;
    };

    it('waits behind a writer that hangs, and answers once that is gone', async () => {
      const log = open();
      await log.append([intake('1')]);
      const other = await hanging();
      let isAnswered = false;
      const appending = log.append([intake('2')]).then((appended) => {
        isAnswered = true;
        return appended;
      });
      await delay(100);
      expect(isAnswered).toBe(false);
      await other.end();
      expect((await appending)[0]).toMatchObject({ status: 'recorded', seq: 1 });
    });

    it('gives up a statement that takes too long, and the connection with it', async () => {
      const log = open('test', `${logs.database.url}?options=-c%20lock_timeout%3D100`);
      await log.append([intake('1')]);
      const other = await hanging();
      expect(await outcomeOf(log.append([intake('2')]))).toBe('unknown');
      await other.end();
      expect(await outcomeOf(log.append([intake('2')]))).toBe('recorded');
      expect(await violations()).toEqual([]);
    });

    it('finishes what waits when it is closed, and takes nothing after', async () => {
      const log = open();
      const appending = upTo(20).map((n) => log.append([intake(String(n))]));
      await Promise.all([log.close(), log.close()]);
      expect((await Promise.all(appending)).flat().map(({ status }) => status)).toEqual(
        upTo(20).map(() => 'recorded'),
      );
      await expect(log.append([intake('x')])).rejects.toThrow(UnavailableError);
      await expect(log.head()).rejects.toThrow(UnavailableError);
    });
  });
};
