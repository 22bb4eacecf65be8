import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Hmac } from './hmac.js';

const theirs = (key: Uint8Array, text: string): string =>
  createHmac('sha256', key).update(text).digest('hex');

describe('HMAC-SHA-256', () => {
  it('is what RFC 4231 §4.3 shows', () => {
    const mac = new Hmac(Buffer.from('Jefe')).of('what do ya want for nothing?');
    expect(mac.toString('hex')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it('is what OpenSSL computes, for every key and text', () => {
    const key = fc.uint8Array({ maxLength: 64 });
    fc.assert(
      fc.property(key, fc.string({ unit: 'grapheme', maxLength: 300 }), (bytes, text) => {
        expect(new Hmac(bytes).of(text).toString('hex')).toBe(theirs(bytes, text));
      }),
    );
  });

  it('does not depend on what was computed before, and keeps what it gave', () => {
    const [one, other] = [new Hmac(Buffer.from('one')), new Hmac(Buffer.from('other'))];
    const first = one.of('a');
    const long = '€'.repeat(10_000);
    expect(other.of(long).toString('hex')).toBe(theirs(Buffer.from('other'), long));
    expect(one.of('')).not.toEqual(first);
    expect(first.toString('hex')).toBe(theirs(Buffer.from('one'), 'a'));
  });

  it('refuses a key that it would have to hash', () => {
    expect(() => new Hmac(Buffer.alloc(65))).toThrow(RangeError);
  });
});
