import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Lane, nameOfLane } from '../due.js';
import type { Batch, Incoming } from '../kafka.js';
import { eventually } from '../testing/eventually.js';
import { type Fetched, ReadingAhead, type ReadingAheadParts } from './reading-ahead.js';

const lane = (partition: number): Lane => ({ topic: 'learning-events.v1', partition });
const records = (from: number): readonly Incoming[] =>
  [from, from + 1, from + 2].map((offset) => ({ offset: `${offset}`, value: null }));

/** Enough turns for everything that waits for nothing else. */
const settle = async (): Promise<void> => {
  for (let n = 0; n < 5; n += 1) await turn();
};

describe('reading ahead', () => {
  let parts: ReadingAheadParts;
  let ahead: ReadingAhead;
  /** What is being taken in, in the order in which it was handed over. */
  let inHand: { readonly batch: Batch; readonly done: () => void; readonly fail: () => void }[];
  let sought: (readonly [number, number])[];
  let failures: unknown[];
  /** What the client was told to read on from, by lane. */
  let resolved: Map<string, string>;
  let stale: Set<string>;
  let isRunning: boolean;
  let heartbeat: () => Promise<void>;

  beforeEach(() => {
    inHand = [];
    sought = [];
    failures = [];
    resolved = new Map();
    stale = new Set();
    isRunning = true;
    heartbeat = () => Promise.resolve();
    parts = {
      onBatch: (batch) => {
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        inHand.push({ batch, done: resolve, fail: () => reject(new Error('broken')) });
        return promise;
      },
      seek: (place, offset) => {
        sought.push([place.partition, offset]);
        stale.add(nameOfLane(place));
      },
      failed: (error) => failures.push(error),
      lanesAtOnce: 2,
      heartbeatMs: 5,
    };
    ahead = new ReadingAhead(parts);
  });

  afterEach(async () => {
    for (const { done } of inHand) done();
    await ahead.end();
  });

  /** Hands three records over. Out: whether the client may read on. */
  const hand = (partition: number, from: number, end = 100) => {
    const name = nameOfLane(lane(partition));
    const state = { mayReadOn: false, error: undefined as unknown };
    const fetched: Fetched = {
      lane: lane(partition),
      records: records(from),
      end,
      isRunning: () => isRunning,
      isStale: () => stale.has(name),
      resolve: (offset) => resolved.set(name, offset),
      pause: () => undefined,
      heartbeat: () => heartbeat(),
    };
    ahead.accept(fetched).then(
      () => (state.mayReadOn = true),
      (error: unknown) => (state.error = error),
    );
    return state;
  };
  const firstOffsets = (): readonly (string | undefined)[] =>
    inHand.map(({ batch }) => batch.records[0]?.offset);

  it('lets the client read on while what it has is taken in', async () => {
    const first = hand(0, 0);
    await settle();
    expect(first.mayReadOn).toBe(true);
    expect(resolved.get('learning-events.v1/0')).toBe('2');
    expect(inHand).toHaveLength(1);
  });

  it('lets it wait where the lane ends', async () => {
    const last = hand(0, 97);
    await settle();
    expect(last.mayReadOn).toBe(false);
    expect(resolved.size).toBe(0);
    inHand[0]?.batch.resolve('99');
    inHand[0]?.done();
    await settle();
    expect(last.mayReadOn).toBe(true);
    expect(resolved.get('learning-events.v1/0')).toBe('99');
    expect(sought).toEqual([]);
  });

  it('has one batch of a lane in hand, and one that waits', async () => {
    hand(0, 0);
    const second = hand(0, 3);
    await settle();
    expect(firstOffsets()).toEqual(['0']);
    expect(second.mayReadOn).toBe(false);
    inHand[0]?.batch.resolve('2');
    inHand[0]?.done();
    await settle();
    expect(firstOffsets()).toEqual(['0', '3']);
    expect(second.mayReadOn).toBe(true);
  });

  it('takes no more lanes in at once than it may', async () => {
    hand(0, 0);
    hand(1, 0);
    const third = hand(2, 0);
    await settle();
    expect(inHand).toHaveLength(2);
    expect(third.mayReadOn).toBe(false);
    inHand[1]?.batch.resolve('2');
    inHand[1]?.done();
    await settle();
    expect(inHand).toHaveLength(3);
  });

  it('has few lanes in memory of which more is to come, and more that are at their end', async () => {
    ahead = new ReadingAhead({ ...parts, lanesAtOnce: 8 });
    for (let partition = 0; partition < 8; partition += 1) hand(partition, 0);
    await settle();
    expect(inHand).toHaveLength(6);
    for (let partition = 8; partition < 16; partition += 1) hand(partition, 97);
    await settle();
    expect(inHand).toHaveLength(8);
  });

  it('reads what was not taken in again, and drops what was read ahead of it', async () => {
    hand(0, 0);
    const second = hand(0, 3);
    await settle();
    inHand[0]?.batch.resolve('0');
    inHand[0]?.done();
    await settle();
    expect(sought).toEqual([[0, 1]]);
    expect(second.mayReadOn).toBe(true);
    expect(inHand).toHaveLength(1);
    expect(resolved.get('learning-events.v1/0')).toBe('2');
  });

  it('reads all of it again if nothing was taken in', async () => {
    hand(0, 40);
    await settle();
    inHand[0]?.done();
    await settle();
    expect(sought).toEqual([[0, 40]]);
  });

  it('leaves a lane where its reader sent it', async () => {
    hand(0, 40);
    const waiting = hand(0, 43);
    await settle();
    ahead.sought(lane(0));
    expect(inHand[0]?.batch.isOurs()).toBe(false);
    inHand[0]?.done();
    await settle();
    expect(sought).toEqual([]);
    expect(waiting.mayReadOn).toBe(true);
    expect(inHand).toHaveLength(1);
  });

  it('tells what is in hand that the lanes are dealt anew, and waits for it before it goes on', async () => {
    hand(0, 0);
    await settle();
    ahead.joined();
    const anew = hand(0, 0);
    await settle();
    const [old] = inHand;
    expect(old?.batch.signal.aborted).toBe(true);
    expect(old?.batch.isOurs()).toBe(false);
    expect(inHand).toHaveLength(1);
    expect(anew.mayReadOn).toBe(false);
    old?.done();
    await settle();
    expect(sought).toEqual([]);
    expect(inHand).toHaveLength(2);
    expect(inHand[1]?.batch.signal.aborted).toBe(false);
    expect(inHand[1]?.batch.isOurs()).toBe(true);
  });

  it('heartbeats while the client waits, and has it join again when that fails', async () => {
    const last = hand(0, 97);
    await settle();
    heartbeat = () => Promise.reject(new Error('rebalancing'));
    await eventually(() => last.error, Boolean);
    expect(last.error).toEqual(new Error('rebalancing'));
    expect(inHand[0]?.batch.signal.aborted).toBe(true);
  });

  it('goes on after a heartbeat that failed, if the group was not dealt anew', async () => {
    hand(0, 0);
    const waiting = hand(0, 3);
    heartbeat = () => Promise.reject(new Error('no answer'));
    await eventually(() => waiting.error, Boolean);
    heartbeat = () => Promise.resolve();
    inHand[0]?.done();
    await settle();
    expect(sought).toEqual([[0, 0]]);
    stale.clear();
    hand(0, 0);
    await settle();
    expect(firstOffsets()).toEqual(['0', '0']);
  });

  it.each([
    ['stops', () => (isRunning = false)],
    ['was sent elsewhere', () => stale.add('learning-events.v1/0')],
  ])('hands nothing over once the client %s', async (_, happens) => {
    happens();
    const late = hand(0, 0);
    await settle();
    expect(late.mayReadOn).toBe(true);
    expect(inHand).toEqual([]);
    expect(resolved.size).toBe(0);
  });

  it('ends when nothing is in hand any more, and hands nothing over from then on', async () => {
    hand(0, 0);
    const waiting = hand(0, 3);
    await settle();
    let isEnded = false;
    void ahead.end().then(() => (isEnded = true));
    const late = hand(1, 0);
    await settle();
    expect(inHand[0]?.batch.signal.aborted).toBe(true);
    expect([isEnded, waiting.mayReadOn, late.mayReadOn]).toEqual([false, true, true]);
    inHand[0]?.done();
    await settle();
    expect(isEnded).toBe(true);
    expect(inHand).toHaveLength(1);
    expect(sought).toEqual([]);
  });

  it('says when taking in fails', async () => {
    hand(0, 0);
    await settle();
    inHand[0]?.fail();
    await settle();
    expect(failures).toEqual([new Error('broken')]);
  });
});
