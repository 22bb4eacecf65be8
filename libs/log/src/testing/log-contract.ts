import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ConcurrencyError, DomainError, UnavailableError } from '#kernel';
import { leafHash, Tree } from '#merkle';
import { GROUP_ENTRIES_MAX } from '../postgres-log.js';
import { intake, readAll, upTo, versioned } from './entries.js';
import type { Logs } from './using-logs.js';

/** What every log keeps to, whichever thread writes it. */
export const describeLog = (logs: Logs): void => {
  const { open, violations } = logs;

  describe('the log in PostgreSQL', () => {
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
      expect(
        await log.read({ after: -1, limit: 9, among: { topics: ['wallet.v1'], within: 9 } }),
      ).toHaveLength(1);
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
      const rows = await logs.database.dataSource.query<{ leaf: Buffer }[]>(
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

    it('records all of a call or none where a conflict refuses it, beside calls that are taken', async () => {
      const log = open();
      await log.append([intake('1', 'x')]);
      const [refused, taken] = await Promise.allSettled([
        log.append([intake('2', 'x'), intake('1', 'y')], { onConflict: 'refuse' }),
        log.append([intake('3', 'x')]),
      ]);
      expect(refused).toMatchObject({
        status: 'rejected',
        reason: { name: 'IntakeConflictError', at: 1, earlierSeq: 0 },
      });
      expect(taken.status).toBe('fulfilled');
      expect((await log.head()).size).toBe(2);
      const whole = await log.append([intake('2', 'x'), intake('1', 'x')], {
        onConflict: 'refuse',
      });
      expect(whole.map(({ status }) => status)).toEqual(['recorded', 'duplicate']);
      expect(await violations()).toEqual([]);
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

    it('goes on from where another process has brought it', async () => {
      const [a, b] = [open(), open()];
      for (let n = 0; n < 6; n += 1) {
        const [appended] = await (n % 2 === 0 ? a : b).append([intake(String(n))]);
        expect(appended?.seq).toBe(n);
      }
      expect(await violations()).toEqual([]);
    });

    it('can be appended to by who holds the only connection of a pool in a transaction', async () => {
      const log = open();
      await logs.database.dataSource.transaction(async (transaction) => {
        await transaction.query('select count(*) from log.entry');
        await log.append([intake('1')]);
        expect(await log.head()).toMatchObject({ size: 1 });
      });
    });

    it('lets a call that PostgreSQL refuses fail alone', async () => {
      const log = open();
      // Longer than an index can hold, and not to be compressed below that.
      const stream = upTo(3_000)
        .map((n) => String.fromCodePoint(0x4e00 + ((n * 7_919) % 20_000)))
        .join('');
      const [before, bad, after] = await Promise.allSettled([
        log.append([intake('1'), versioned('t', 1)]),
        log.append([intake('2'), versioned(stream, 1)]),
        log.append([intake('3'), versioned('t', 2)]),
      ]);
      expect([before.status, bad.status, after.status]).toEqual([
        'fulfilled',
        'rejected',
        'fulfilled',
      ]);
      expect(bad.status === 'rejected' && bad.reason).not.toBeInstanceOf(UnavailableError);
      expect((await log.append([intake('2')]))[0]).toMatchObject({ status: 'recorded', seq: 4 });
      expect(await violations()).toEqual([]);
    });

    it('takes no more at once than a transaction should hold', async () => {
      const log = open();
      const [entry] = [versioned('s', 1)];
      const many = Array.from({ length: GROUP_ENTRIES_MAX + 1 }, () => entry);
      await expect(log.append(many)).rejects.toMatchObject({ code: 'too-large' });
      const large = Array.from({ length: 600 }, () => ({
        ...entry,
        data: { t: 'x'.repeat(60_000) },
      }));
      await expect(log.append(large)).rejects.toMatchObject({ code: 'too-large' });
      expect((await log.head()).size).toBe(0);
    });

    it('cannot share its database with another log', async () => {
      await open().append([intake('1')]);
      await expect(open('other').append([intake('2')])).rejects.toThrow(UnavailableError);
      expect(await open().head()).toMatchObject({ size: 1 });
    });

    it('cannot be changed by the ledger itself', async () => {
      await open().append([intake('1', 'x')]);
      for (const statement of [
        'update log.entry set kind = kind',
        'delete from log.entry',
        'truncate log.entry',
        'delete from log.tile',
      ])
        await expect(logs.database.dataSource.query(statement)).rejects.toThrow('append-only');
    });
  });
};
