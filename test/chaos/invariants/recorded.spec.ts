import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { formatVerifierKey, noteKey, signNote, Tree } from '#merkle';
import { type Entry, rootsAt } from './ledger.js';
import { checkAcknowledged, checkDense, checkHeads, checkSent, checkSigned } from './recorded.js';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const entry = (seq: number, change: Partial<Entry> = {}): Entry => ({
  log: 'ledger',
  seq,
  id: `evt_${seq}`,
  kind: 'learning-event',
  alias: 'urn:lrn:a',
  data: { eventSource: 's', eventId: `e${seq}` },
  leafHash: hashOf(`${seq}`),
  ...change,
});
const log = [0, 1, 2, 3, 4].map((seq) => entry(seq));
const said = log.map(({ seq, leafHash }) => ({
  source: 's',
  id: `e${seq}`,
  log: 'ledger',
  seq,
  leafHash,
}));
const without = (seq: number): readonly Entry[] => log.filter((each) => each.seq !== seq);
const changed = (seq: number, change: Partial<Entry>): readonly Entry[] =>
  log.map((each) => (each.seq === seq ? { ...each, ...change } : each));

describe('what was acknowledged', () => {
  it('is fine where it is as it was said, also beside more', () => {
    expect(checkAcknowledged(said.slice(1), log)).toEqual([]);
  });
  it.each([
    ['lost', without(3), /is not in the log/u],
    ['elsewhere', changed(3, { seq: 9 }), /is in the log at ledger 9/u],
    ['of another log', changed(3, { log: 'other' }), /is in the log at other 3/u],
    ['there twice', [...log, entry(5, { data: { eventSource: 's', eventId: 'e3' } })], /2 times/u],
    ['other bytes', changed(3, { leafHash: hashOf('x') }), /another leaf hash/u],
    ['another kind', changed(3, { kind: 'share-stopped' }), /is not in the log/u],
  ])('is missed when it is %s', (_, entries, expected) => {
    expect(checkAcknowledged(said, entries)).toEqual([expect.stringMatching(expected)]);
  });
});

describe('what is in the log', () => {
  const sent = new Map(said.map(({ source, id }) => [`${source} ${id}`, true]));
  it('is what was sent', () => {
    expect(checkSent(sent, [...log, entry(5, { kind: 'achievement-earned' })])).toEqual([]);
  });
  it('is found where nobody sent it, and where it is again', () => {
    expect(checkSent(sent, [...log, entry(5)])).toEqual([expect.stringMatching(/never sent/u)]);
    const again = entry(5, { data: { eventSource: 's', eventId: 'e0' } });
    expect(checkSent(sent, [...log, again])).toEqual([expect.stringMatching(/recorded again/u)]);
  });
  it.each([
    ['a gap', without(2)],
    ['a number twice', changed(2, { seq: 1 })],
    ['a late beginning', without(0)],
  ])('is not dense with %s', (_, entries) => {
    expect(checkDense('ledger', log)).toEqual([]);
    expect(checkDense('ledger', entries)).toHaveLength(1);
  });
});

describe('the trees that were shown', () => {
  const many = Array.from({ length: 600 }, (_, seq) => entry(seq));
  const rootAt = (size: number): string => {
    const tree = Tree.empty();
    tree.append(many.slice(0, size).map(({ leafHash }) => Buffer.from(leafHash, 'hex')));
    return tree.root().toString('hex');
  };
  const sizes = [0, 1, 2, 3, 255, 256, 257, 511, 600];
  const heads = sizes.map((size) => ({ log: 'ledger', size, root: rootAt(size) }));

  it('have the roots of RFC 6962, as the ledger reckons them too', () => {
    expect([...rootsAt(many, new Set(sizes))]).toEqual(sizes.map((size) => [size, rootAt(size)]));
    expect(checkHeads(many, heads)).toEqual([]);
  });
  it.each([
    ['the log is shorter now', many.slice(0, 599), /600 entries were shown, 599 are/u],
    ['an entry was changed', [...many.slice(0, 599), entry(9)], /another root was shown at 600/u],
  ])('are missed when %s', (_, entries, expected) => {
    expect(checkHeads(entries, heads)).toEqual([expect.stringMatching(expected)]);
  });
  it('cannot be two of one size', () => {
    const fork = { log: 'ledger', size: 256, root: hashOf('fork') };
    expect(checkHeads(many, [...heads, fork])).toEqual(['ledger: another root was shown at 256']);
  });
});

describe('a checkpoint', () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const vkey = formatVerifierKey(noteKey('l', privateKey));
  const note = signNote('l\n1\nAAAA\n', 'l', privateKey);

  it('is signed by the key that was shown', () => {
    expect(checkSigned('l', [note], vkey)).toEqual([]);
    expect(checkSigned('l', [], undefined)).toEqual([]);
    const other = signNote('l\n1\nAAAA\n', 'l', generateKeyPairSync('ed25519').privateKey);
    for (const wrong of [note.replace('\n1\n', '\n2\n'), other, 'x'])
      expect(checkSigned('l', [note, wrong], vkey)).toHaveLength(1);
    expect(checkSigned('l', [note], undefined)).toHaveLength(1);
  });
});
