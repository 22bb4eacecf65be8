import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EntryKind } from '#contracts';
import { contentOf } from '#log';
import type { Outgoing } from './kafka.js';
import { type RelayState, stage } from './relay-state.js';
import { MemoryLog } from './testing/memory-log.js';

const BEGINNING: RelayState = { cursor: -1, last: new Map() };
const kinds: EntryKind[] = ['learning-event', 'share-stopped', 'learner-erased'];
const logOf = (entries: readonly (readonly [number, number])[]): MemoryLog => {
  const log = new MemoryLog();
  for (const [kind, alias] of entries) log.add(kinds[kind] ?? 'learning-event', `urn:lrn:${alias}`);
  return log;
};
const verbatim = (log: MemoryLog) =>
  log.entries.map((entry) => ({ ...entry, content: contentOf(entry) }));
const anyLog = fc
  .array(fc.tuple(fc.nat(2), fc.nat(30)), { minLength: 1, maxLength: 60 })
  .map(logOf);
const publish = (log: MemoryLog, cuts: readonly number[], from = BEGINNING) => {
  let state = from;
  const records: Outgoing[] = [];
  for (const cut of [...cuts, log.entries.length]) {
    const staged = stage(state, verbatim(log).slice(state.cursor + 1, state.cursor + 1 + cut));
    records.push(...staged.records);
    state = staged.next;
  }
  return { records, state };
};

describe('what the relay publishes', () => {
  it('names the seq before in the same partition of the same topic', () => {
    const log = logOf([
      [0, 1],
      [1, 1],
      [0, 1],
      [0, 1],
    ]);
    const { records } = stage(BEGINNING, verbatim(log));
    expect(records.map(({ headers }) => headers['ce_ledgerprevious'])).toEqual([
      '-1',
      '-1',
      '0',
      '2',
    ]);
  });

  it('is the same however it is cut into batches', () => {
    fc.assert(
      fc.property(anyLog, fc.array(fc.nat(7)), (log, cuts) => {
        const atOnce = publish(log, []);
        expect(publish(log, cuts)).toEqual(atOnce);
      }),
    );
  });

  it('is the same again after a crash before the cursor was written', () => {
    fc.assert(
      fc.property(anyLog, fc.nat(30), fc.nat(30), (log, before, lost) => {
        const written = stage(BEGINNING, verbatim(log).slice(0, before)).next;
        const published = stage(written, verbatim(log).slice(before, before + lost)).records;
        const again = publish(log, [], written).records;
        expect(again.slice(0, published.length)).toEqual(published);
      }),
    );
  });

  it('is nothing, and changes nothing, without entries', () => {
    const state = { cursor: 4, last: new Map([['learning-events.v1/3', 4]]) };
    expect(stage(state, [])).toEqual({ records: [], next: state });
  });
});
