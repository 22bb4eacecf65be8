import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatCheckpoint, parseCheckpoint } from './checkpoint.js';
import { EMPTY_ROOT } from './hash.js';

const ORIGIN = 'ledger.example/log';
const TEXT = formatCheckpoint({ origin: ORIGIN, size: 0, root: EMPTY_ROOT });

describe('a checkpoint', () => {
  it('has three lines: origin, size, root', () => {
    expect(TEXT).toBe(`${ORIGIN}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n`);
  });

  it('says after reading what it said', () => {
    const size = fc.maxSafeNat();
    const root = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(size, root, (s, r) => {
        const read = parseCheckpoint(formatCheckpoint({ origin: ORIGIN, size: s, root: r }));
        expect([read.origin, read.size, [...read.root]]).toEqual([ORIGIN, s, [...r]]);
      }),
    );
  });

  it('may have lines of extensions', () => {
    expect(parseCheckpoint(`${TEXT}extension 1\n`).size).toBe(0);
  });

  it.each([
    ['no text', ''],
    ['no origin', TEXT.slice(ORIGIN.length)],
    ['a size with a leading zero', TEXT.replace('\n0\n', '\n00\n')],
    ['a negative size', TEXT.replace('\n0\n', '\n-1\n')],
    ['a size beyond whole numbers', TEXT.replace('\n0\n', '\n9999999999999999\n')],
    ['a short root', TEXT.replace('47DE', '')],
    ['a root in another alphabet', TEXT.replace('+', '-')],
    ['no line feed at the end', TEXT.slice(0, -1)],
    ['an empty line', `${TEXT}\n`],
  ])('is refused with %s', (_, text) => {
    expect(() => parseCheckpoint(text)).toThrow('not a checkpoint');
  });

  it.each([
    { origin: '', size: 0, root: EMPTY_ROOT },
    { origin: 'a\nb', size: 0, root: EMPTY_ROOT },
    { origin: ORIGIN, size: -1, root: EMPTY_ROOT },
    { origin: ORIGIN, size: 0.5, root: EMPTY_ROOT },
    { origin: ORIGIN, size: 0, root: EMPTY_ROOT.subarray(1) },
  ])('is not made of %j', (checkpoint) => {
    expect(() => formatCheckpoint(checkpoint)).toThrow(Error);
  });
});
