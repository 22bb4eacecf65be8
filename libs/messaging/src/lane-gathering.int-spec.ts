import { beforeEach, describe, expect, it } from '@jest/globals';
import { DomainError } from '#kernel';
import type { Message } from '#contracts';
import { DeadLetters } from './dead-letters.js';
import { Driver } from './driver.js';
import type { Carried } from './due.js';
import { LaneGathering } from './lane-gathering.js';
import { Places } from './places.js';
import { Progress } from './progress.js';
import { ProjectionLetters } from './projection-letters.js';
import { db, embeddedSystem, first, poison } from './testing/embedded-system.js';
import { silent } from './testing/eventually.js';

embeddedSystem();

const lane = (partition: number) => ({ topic: 'learning-events.v1', partition });
/** Messages of one lane, each named after the one before. */
const carried = (...seqs: readonly number[]): readonly Carried[] =>
  seqs.map((seq, n) => ({
    log: 'test',
    seq,
    previous: seqs[n - 1] ?? -1,
    nextOffset: n + 1,
    content: {
      log: 'test',
      seq,
      id: `evt_${seq}`,
      kind: 'learning-event',
      topic: 'learning-events.v1',
      time: '2026-06-01T08:00:00.000Z',
      recordedAt: '2026-06-01T08:00:00.000Z',
      alias: `urn:lrn:${seq % 7}`,
      data: {},
    },
  }));

describe('what several lanes have', () => {
  let places: Places;
  let deadLetters: DeadLetters;
  let gathering: LaneGathering;
  let batches: (readonly number[])[];
  const { signal } = new AbortController();

  beforeEach(() => {
    places = new Places(db);
    deadLetters = new DeadLetters(
      db,
      new Map([['first', new ProjectionLetters(first)]]),
      new Uint8Array(32),
    );
    const parts = {
      db,
      places,
      deadLetters,
      progress: new Progress(['first']),
      logger: silent,
      failpoint: () => Promise.resolve(),
      backoff: { firstMs: 5, mostMs: 20 },
    };
    gathering = new LaneGathering(first, { ...parts, driver: new Driver(parts) });
    batches = [];
    first.before = (batch: readonly Message[]) => void batches.push(batch.map(({ seq }) => seq));
  });

  const deliver = (...lanes: readonly (readonly Carried[])[]) =>
    Promise.all(lanes.map((batch, n) => gathering.deliver(lane(n), batch, signal)));
  const sorted = async () => (await first.seqs(db)).toSorted((a, b) => a - b);
  const placeOf = async (partition: number) => (await places.of('first', lane(partition))).places;

  it('is one batch, and each lane has its place', async () => {
    await deliver(carried(0, 3), carried(1), carried(2, 4));
    expect(batches).toEqual([[0, 3, 1, 2, 4]]);
    // What is there already is passed over, in each lane.
    await deliver(carried(0, 3, 5), carried(1), carried(2, 4, 6));
    expect(batches).toEqual([
      [0, 3, 1, 2, 4],
      [5, 6],
    ]);
    expect(await first.seqs(db)).toEqual([0, 3, 1, 2, 4, 5, 6]);
    expect([await placeOf(0), await placeOf(1), await placeOf(2)]).toEqual(
      [5, 1, 6].map((seq) => new Map([['test', seq]])),
    );
    expect((await places.of('first', lane(2))).nextOffset).toBe(3);
  });

  it('leaves each lane its own gap', async () => {
    const [, late] = carried(1, 7);
    const delivered = await deliver(carried(0), late ? [late] : []);
    expect(delivered.map(({ gaps }) => gaps)).toEqual([new Map(), new Map([['test', -1]])]);
    expect(await first.seqs(db)).toEqual([0]);
  });

  it('is taken in by each for itself if one message is poison, which goes to the dead letters', async () => {
    first.after = poison(1);
    await deliver(carried(0, 3), carried(1), carried(2, 4));
    expect(await sorted()).toEqual([0, 2, 3, 4]);
    expect((await deadLetters.list('first')).map(({ seq }) => seq)).toEqual([1]);
  });

  it('is not held up by a lane that has to wait', async () => {
    let isWaiting = true;
    first.after = (batch) => {
      if (isWaiting && batch.some(({ seq }) => seq === 1))
        throw new DomainError('unavailable', 'not yet');
    };
    const waiting = gathering.deliver(lane(1), carried(1), signal);
    await deliver(carried(0));
    await Promise.all([
      gathering.deliver(lane(0), carried(0, 3), signal),
      gathering.deliver(lane(2), carried(2), signal),
    ]);
    expect(await sorted()).toEqual([0, 2, 3]);
    isWaiting = false;
    await waiting;
    expect(await sorted()).toEqual([0, 1, 2, 3]);
  });

  it('counts once, should another reader have moved one of the places meanwhile', async () => {
    await deliver(carried(0), carried(1));
    first.after = async () => {
      first.after = () => undefined;
      const from = await placeOf(0);
      await db.transaction((tx) =>
        places.move(tx, 'first', lane(0), from, [{ log: 'test', seq: 3 }]),
      );
    };
    await deliver(carried(0, 3), carried(1, 5));
    expect(await first.seqs(db)).toEqual([0, 1, 5]);
  });
});
