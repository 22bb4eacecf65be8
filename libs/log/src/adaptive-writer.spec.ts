import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { UnavailableError } from '#kernel';
import { AdaptiveWriter, CALM_MS } from './adaptive-writer.js';
import { QUEUE_BYTES_MAX } from './call-queue.js';
import type { Appended } from './log.js';
import type { EncodedCall, LogWriter } from './log-writer.js';

const FEW = 3;

let made = 0;
const call = (entries: number, bytes = 1): EncodedCall => ({
  entries: Array.from({ length: entries }, () => ({
    entry: { id: `evt_${(made += 1)}`, kind: 'learning-event', time: new Date(0) },
    leaf: { length: bytes } as Buffer,
  })),
  recordedAt: new Date(0),
});
const idsOf = ({ entries }: EncodedCall): string => entries.map(({ entry }) => entry.id).join();

/** Two writers that answer when they are told to, and what they were given. */
const setUp = () => {
  const given: { by: 'here' | 'there'; ids: string; settle: (error?: Error) => void }[] = [];
  const closed: string[] = [];
  let now = 0;
  const writer = (by: 'here' | 'there'): LogWriter => ({
    append: (one) =>
      new Promise((resolve, reject) => {
        const answers = one.entries.map(({ entry }) => ({ id: entry.id }) as Appended);
        const settle = (error?: Error) => (error ? reject(error) : resolve(answers));
        given.push({ by, ids: idsOf(one), settle });
      }),
    close: () => {
      closed.push(by);
      return Promise.resolve();
    },
  });
  const options = { here: writer('here'), there: writer('there'), fewMax: FEW, now: () => now };
  return {
    writer: new AdaptiveWriter(options),
    given,
    closed,
    by: () => given.map(({ by }) => by),
    later: (ms: number) => {
      now += ms;
    },
    settleAll: async () => {
      for (let n = 0; n < given.length; n++) {
        given[n]?.settle();
        await turn();
      }
    },
  };
};

describe('a writer that adapts', () => {
  it('writes little here, and much in the thread', async () => {
    const { writer, by, settleAll } = setUp();
    const calls = [writer.append(call(FEW))];
    await settleAll();
    calls.push(writer.append(call(FEW + 1)));
    await settleAll();
    expect(by()).toEqual(['here', 'there']);
    expect((await Promise.all(calls)).map(({ length }) => length)).toEqual([FEW, FEW + 1]);
  });

  it('takes many small calls that wait at once for much', async () => {
    const { writer, by, settleAll } = setUp();
    const calls = Array.from({ length: FEW + 2 }, () => writer.append(call(1)));
    expect(by()).toEqual(['here', 'here', 'here']);
    await settleAll();
    expect(by()).toEqual(['here', 'here', 'here', 'there', 'there']);
    await Promise.all(calls);
  });

  it('stays in the thread until it was calm for a while', async () => {
    const { writer, by, later, settleAll } = setUp();
    void writer.append(call(FEW + 1));
    later(CALM_MS - 1);
    void writer.append(call(1));
    await settleAll();
    void writer.append(call(1));
    later(CALM_MS);
    void writer.append(call(1));
    expect(by()).toEqual(['there', 'there', 'there']);
    await settleAll();
    expect(by()).toEqual(['there', 'there', 'there', 'here']);
  });

  it('lets no call overtake another one, and never lets both write at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            entries: fc.integer({ min: 1, max: 2 * FEW }),
            passes: fc.constantFrom(0, 1, CALM_MS),
            settles: fc.nat({ max: 3 }),
            fails: fc.boolean(),
          }),
          { maxLength: 20 },
        ),
        async (steps) => {
          const { writer, given, later } = setUp();
          const asked: string[] = [];
          const outcomes: Promise<unknown>[] = [];
          let settled = 0;
          const settle = async (fails: boolean): Promise<void> => {
            const open = given.slice(settled);
            expect(new Set(open.map(({ by }) => by)).size).toBeLessThan(2);
            if (!open[0]) return;
            settled += 1;
            open[0].settle(fails ? new Error('no') : undefined);
            await turn();
          };
          for (const { entries, passes, settles, fails } of steps) {
            const one = call(entries);
            asked.push(idsOf(one));
            outcomes.push(
              writer.append(one).then(
                (answers) => expect(answers.map(({ id }) => id).join()).toBe(idsOf(one)),
                (error: unknown) => expect(error).toEqual(new Error('no')),
              ),
            );
            later(passes);
            for (let n = 0; n < settles; n++) await settle(fails);
          }
          while (settled < asked.length) await settle(false);
          await Promise.all(outcomes);
          expect(given.map(({ ids }) => ids)).toEqual(asked);
        },
      ),
    );
  });

  it('refuses what would be too much to hold, and goes on once that is written', async () => {
    const { writer, settleAll } = setUp();
    const first = writer.append(call(1, QUEUE_BYTES_MAX));
    await expect(writer.append(call(1))).rejects.toThrow(UnavailableError);
    await settleAll();
    await first;
    const next = writer.append(call(1, QUEUE_BYTES_MAX));
    await settleAll();
    expect(await next).toHaveLength(1);
  });

  it('holds no more for a call that failed', async () => {
    const { writer, given, settleAll } = setUp();
    const failed = writer.append(call(FEW, QUEUE_BYTES_MAX / FEW));
    given[0]?.settle(new Error('no'));
    await expect(failed).rejects.toThrow('no');
    const next = writer.append(call(1, QUEUE_BYTES_MAX));
    await settleAll();
    expect(await next).toHaveLength(1);
    expect(given.map(({ by }) => by)).toEqual(['here', 'here']);
  });

  it('closes both once what was accepted is answered, and takes nothing more', async () => {
    const { writer, closed, given, settleAll } = setUp();
    const calls = [writer.append(call(1)), writer.append(call(FEW + 1))];
    const closing = writer.close();
    await expect(writer.append(call(1))).rejects.toThrow(UnavailableError);
    await turn();
    expect([closed, given.length]).toEqual([[], 1]);
    await settleAll();
    await Promise.all([...calls, closing]);
    expect(closed).toEqual(['here', 'there']);
  });
});
