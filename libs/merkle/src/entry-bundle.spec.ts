import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeBundle, encodeBundle } from './entry-bundle.js';

describe('a bundle of entries', () => {
  it('gives back what was put in', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (entries) => {
        const read = decodeBundle(encodeBundle(entries));
        expect(read.map((entry) => [...entry])).toEqual(entries.map((entry) => [...entry]));
      }),
    );
  });

  it('writes lengths big-endian', () => {
    const bundle = encodeBundle([Buffer.alloc(0), Buffer.alloc(258, 1)]);
    expect([...bundle.subarray(0, 5)]).toEqual([0, 0, 1, 2, 1]);
  });

  it('takes 65,535 bytes and no more', () => {
    expect(encodeBundle([Buffer.alloc(65_535)])).toHaveLength(65_537);
    expect(() => encodeBundle([Buffer.alloc(65_536)])).toThrow('out of range');
  });

  it.each([
    ['half a length', [0]],
    ['half an entry', [0, 2, 1]],
  ])('is refused with %s', (_, bytes) => {
    expect(() => decodeBundle(Buffer.from(bytes))).toThrow('cut short');
  });
});
