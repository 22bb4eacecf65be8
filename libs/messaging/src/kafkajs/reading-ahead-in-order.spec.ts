import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Lane, nameOfLane } from '../due.js';
import type { Batch, Incoming } from '../kafka.js';
import { type Fetched, ReadingAhead } from './reading-ahead.js';

const LANES = [0, 1, 2, 3].map((partition) => ({ topic: 'learning-events.v1', partition }));
const END = 30;

const records = (from: number, count: number): readonly Incoming[] =>
  Array.from({ length: count }, (_, n) => ({ offset: `${from + n}`, value: null }));

/** kafkajs as far as it matters here: fetches all lanes, waits until all may be read on, and again. */
class Client {
  readonly positions = new Map<string, number>();
  readonly #seeks = new Map<string, number>();

  constructor(
    private readonly lanes: readonly Lane[],
    private readonly end: number,
    private readonly next: () => number,
  ) {
    for (const each of lanes) this.positions.set(nameOfLane(each), 0);
  }

  seek(place: Lane, offset: number): void {
    this.#seeks.set(nameOfLane(place), offset);
  }

  async run(accept: (fetched: Fetched) => Promise<void>, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      for (const [name, offset] of this.#seeks) this.positions.set(name, offset);
      this.#seeks.clear();
      const asked = this.lanes.map((each) => this.#fetched(each));
      await turn();
      const answered = asked.filter(
        ({ lane: place, records: some }) => some.length > 0 && !this.#seeks.has(nameOfLane(place)),
      );
      await Promise.all(answered.map(accept));
    }
  }

  #fetched(place: Lane): Fetched {
    const name = nameOfLane(place);
    const from = this.positions.get(name) ?? 0;
    return {
      lane: place,
      records: records(from, Math.min(1 + (this.next() % 5), this.end - from)),
      end: this.end,
      isRunning: () => true,
      isStale: () => this.#seeks.has(name),
      resolve: (offset) => this.positions.set(name, Number(offset) + 1),
      pause: () => undefined,
      heartbeat: () => Promise.resolve(),
    };
  }
}

describe('reading ahead, whatever the reader does', () => {
  it('brings each lane in its order, without a gap, one batch at a time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(19), { minLength: 1, maxLength: 200 }), async (choices) => {
        let used = 0;
        const next = (): number => choices[used++ % choices.length] ?? 0;
        const client = new Client(LANES, END, next);
        /** Where each lane has to go on. */
        const expected = new Map(LANES.map((each) => [nameOfLane(each), 0]));
        const busy = new Set<string>();
        const wrong: string[] = [];
        const onBatch = async (batch: Batch): Promise<void> => {
          const { lane: place, records: some } = batch;
          const name = nameOfLane(place);
          if (busy.has(name) || busy.size >= 3) wrong.push(`${name}: too many at once`);
          busy.add(name);
          if (Number(some[0]?.offset) !== expected.get(name)) wrong.push(`${name}: not in order`);
          for (const { offset } of some) {
            const choice = next();
            if (choice % 4 === 0) await turn();
            if (used < 500 && choice === 17) break;
            if (used < 500 && choice === 18) {
              expected.set(name, Math.max(0, Number(offset) - 3));
              ahead.sought(place);
              client.seek(place, expected.get(name) ?? 0);
            }
            if (!batch.isOurs()) break;
            batch.resolve(offset);
            expected.set(name, Number(offset) + 1);
          }
          busy.delete(name);
        };
        const ahead = new ReadingAhead({
          onBatch,
          seek: (place, offset) => client.seek(place, offset),
          failed: (error) => wrong.push(String(error)),
          lanesAtOnce: 3,
          heartbeatMs: 1_000,
        });
        const isOver = (): boolean =>
          wrong.length > 0 || [...expected.values()].every((offset) => offset === END);
        await client.run((fetched) => ahead.accept(fetched), isOver);
        await ahead.end();
        expect(wrong).toEqual([]);
      }),
    );
  });
});
