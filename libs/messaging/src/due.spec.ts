import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Carried, due } from './due.js';

const unread = { detail: '', raw: new Uint8Array() };
const carried = (seq: number, previous: number, log = 'a'): Carried => ({
  log,
  seq,
  previous,
  content: unread,
});
const seqs = (items: readonly Carried[]): number[] => items.map(({ seq }) => seq);

describe('what of a batch is due', () => {
  it('takes everything from the beginning', () => {
    expect(due(new Map(), [carried(3, -1), carried(7, 3)])).toEqual({
      ready: [carried(3, -1), carried(7, 3)],
      gaps: new Map(),
    });
  });

  it('skips what was seen, also when it comes again in the same batch', () => {
    const batch = [carried(3, -1), carried(7, 3), carried(3, -1), carried(7, 3), carried(9, 7)];
    const { ready, gaps } = due(new Map([['a', 3]]), batch);
    expect(seqs(ready)).toEqual([7, 9]);
    expect(gaps.size).toBe(0);
  });

  it('takes nothing behind a gap, and says that there is one', () => {
    const { ready, gaps } = due(new Map([['a', 3]]), [carried(9, 7), carried(12, 9)]);
    expect(ready).toEqual([]);
    expect([...gaps]).toEqual([['a', 3]]);
  });

  it('takes what comes before a gap', () => {
    const { ready, gaps } = due(new Map([['a', 3]]), [carried(7, 3), carried(12, 9)]);
    expect(seqs(ready)).toEqual([7]);
    expect([...gaps]).toEqual([['a', 7]]);
  });

  it('goes on when what was missing is published again behind the gap', () => {
    const batch = [carried(12, 9), carried(7, 3), carried(9, 7), carried(12, 9)];
    expect(seqs(due(new Map([['a', 3]]), batch).ready)).toEqual([7, 9, 12]);
  });

  it('lets a gap in one log not hold up another log in the same partition', () => {
    const batch = [carried(12, 9, 'a'), carried(1, -1, 'b'), carried(2, 1, 'b')];
    const { ready, gaps } = due(new Map([['a', 3]]), batch);
    expect(ready.map(({ log }) => log)).toEqual(['b', 'b']);
    expect([...gaps]).toEqual([['a', 3]]);
  });

  it('does not take a first message that names an earlier one for the beginning', () => {
    expect(due(new Map(), [carried(9, 7)])).toEqual({ ready: [], gaps: new Map([['a', -1]]) });
  });
});

/** A partition of `published` messages, read in any pieces, from anywhere, any number of times. */
const history = fc
  .uniqueArray(fc.nat(200), { minLength: 1, maxLength: 40 })
  .map((all) => all.toSorted((a, b) => a - b))
  .map((all) => all.map((seq, i) => carried(seq, all[i - 1] ?? -1)));
const reads = fc.array(fc.tuple(fc.nat(45), fc.nat(45)), { maxLength: 30 });

describe('due, whatever the transport does', () => {
  it('takes each message at most once, in order, without a hole', () => {
    fc.assert(
      fc.property(history, reads, (all, pieces) => {
        const places = new Map<string, number>();
        const taken: number[] = [];
        for (const [start, length] of pieces) {
          const { ready } = due(places, all.slice(start, start + length));
          for (const { log, seq } of ready) {
            taken.push(seq);
            places.set(log, seq);
          }
        }
        expect(taken).toEqual(seqs(all).slice(0, taken.length));
      }),
    );
  });

  it('takes everything once the partition has been read through', () => {
    fc.assert(
      fc.property(history, reads, (all, pieces) => {
        const places = new Map<string, number>();
        let taken = 0;
        for (const [start, length] of [...pieces, [0, all.length] as const]) {
          const { ready } = due(places, all.slice(start, start + length));
          taken += ready.length;
          for (const { log, seq } of ready) places.set(log, seq);
        }
        expect(taken).toBe(all.length);
      }),
    );
  });

  it('says that there is a gap exactly when something new was left', () => {
    fc.assert(
      fc.property(history, fc.nat(45), fc.integer({ min: -1, max: 40 }), (all, start, done) => {
        const place = all[done]?.seq ?? -1;
        const batch = all.slice(start);
        const { ready, gaps } = due(new Map(place < 0 ? [] : [['a', place]]), batch);
        const fresh = batch.filter(({ seq }) => seq > place);
        expect(gaps.size > 0).toBe(ready.length < fresh.length);
      }),
    );
  });
});
