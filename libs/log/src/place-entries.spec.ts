import { describe, expect, it } from '@jest/globals';
import { Hmac } from '#merkle';
import { encodeLeaf } from './leaf.js';
import type { AppendOptions, NewEntry } from './log.js';
import { type Known, placeEntries } from './place-entries.js';
import { prepareEntry, type PreparedEntry } from './prepare-entry.js';

const secret = new Hmac(Buffer.alloc(32, 7));
const now = new Date('2026-06-01T10:00:00.000Z');
let ids = 0;
const prepare = (change: Partial<NewEntry>): PreparedEntry => {
  ids += 1;
  const entry = { id: `evt_${ids}`, kind: 'share-stopped' as const, time: now, data: {} };
  const changed = { ...entry, ...change };
  return prepareEntry({ entry: changed, leaf: encodeLeaf(changed, now) }, now, secret);
};
const intake = (eventId: string, content: string): PreparedEntry =>
  prepare({ intake: { source: 's', eventId, contentMac: Buffer.from(content) } });
const versioned = (stream: string, version: number): PreparedEntry => prepare({ stream, version });

const nothing = (): Known => ({ nextSeq: 10, intake: new Map(), versions: new Map() });
const statuses = (call: readonly PreparedEntry[], known: Known, options: AppendOptions = {}) => {
  const placed = placeEntries(call, known, options);
  return 'refused' in placed
    ? placed.refused.name
    : placed.answers.map(({ status, seq }) => `${status} ${seq}`);
};

describe('the places of a call', () => {
  it('follow each other, from the first free one', () => {
    const known = nothing();
    expect(statuses([prepare({}), intake('1', 'x')], known)).toEqual([
      'recorded 10',
      'recorded 11',
    ]);
    expect(statuses([versioned('s', 1)], known)).toEqual(['recorded 12']);
    expect(known.nextSeq).toBe(13);
  });

  it('are those of the first for a repeat, within the call and after it', () => {
    const known = nothing();
    const call = [intake('1', 'x'), intake('1', 'x'), intake('1', 'y'), intake('2', 'x')];
    expect(statuses(call, known)).toEqual([
      'recorded 10',
      'duplicate 10',
      'conflict 10',
      'recorded 11',
    ]);
    expect(statuses([intake('2', 'x'), intake('1', 'yx')], known)).toEqual([
      'duplicate 11',
      'conflict 10',
    ]);
    expect(known.nextSeq).toBe(12);
  });

  it('tell no contradiction where only one of two says more; nothing is no content', () => {
    const known = nothing();
    statuses([intake('1', 'x at noon'), intake('2', 'x')], known);
    const call = ['x', 'x at noon', 'x at one', ''].map((content) => intake('1', content));
    expect(statuses([...call, intake('2', 'x at one')], known)).toEqual([
      'duplicate 10',
      'duplicate 10',
      'conflict 10',
      'conflict 10',
      'duplicate 11',
    ]);
  });

  it('are refused together for a conflict where that is asked, and leave no trace', () => {
    const known = nothing();
    statuses([intake('1', 'x')], known);
    const whole = { onConflict: 'refuse' } as const;
    const before = structuredClone(known);
    const call = [intake('2', 'x'), versioned('s', 1), intake('1', 'y'), intake('3', 'x')];
    const placed = placeEntries(call, known, whole);
    expect('refused' in placed && placed.refused).toMatchObject({
      name: 'IntakeConflictError',
      at: 2,
      earlierSeq: 10,
    });
    expect(known).toEqual(before);
    expect(statuses([intake('4', 'x'), intake('4', 'y')], known, whole)).toBe(
      'IntakeConflictError',
    );
    expect(known).toEqual(before);
    expect(statuses([intake('2', 'x'), intake('1', 'x')], known, whole)).toEqual([
      'recorded 11',
      'duplicate 10',
    ]);
  });

  it.each([
    ['a gap', [versioned('s', 2)]],
    ['a version that is taken', [versioned('s', 1), versioned('s', 1)]],
    ['version 0', [versioned('s', 0)]],
    ['a stream without a version', [prepare({ stream: 's' })]],
    ['a good version before a bad one', [versioned('t', 1), intake('9', 'x'), versioned('s', 5)]],
  ])('are refused for %s, and leave no trace', (_, call) => {
    const known = nothing();
    expect(statuses(call, known)).toBe('ConcurrencyError');
    expect(known).toEqual(nothing());
  });

  it('do not count a repeat as a version', () => {
    const known = nothing();
    expect(statuses([intake('1', 'x'), versioned('s', 1)], known)).toHaveLength(2);
    expect(statuses([intake('1', 'x'), versioned('s', 2)], known)).toEqual([
      'duplicate 10',
      'recorded 12',
    ]);
  });
});
