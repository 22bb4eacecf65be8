import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { DomainError } from '#kernel';
import { Hmac } from '#merkle';
import { decodeLeaf, encodeLeaf, intakeKeys, LEAF_BYTES_MAX } from './leaf.js';
import type { NewEntry } from './log.js';

const recordedAt = new Date('2026-06-01T10:00:00.000Z');
const least: NewEntry = {
  id: 'evt_a',
  kind: 'share-stopped',
  time: new Date('2026-05-01T10:00:00.123Z'),
  data: { b: 1, a: [true, null] },
};
const most: NewEntry = {
  ...least,
  provider: 'uni',
  alias: 'urn:lrn:a',
  stream: 'share-a',
  version: 3,
  intake: { source: 's', eventId: 'e', contentMac: Buffer.of(1, 255) },
  sealed: Buffer.of(251, 255, 1),
};

describe('the bytes of an entry', () => {
  it('have their keys in the documented order, data canonical, and nothing that is absent', () => {
    expect(encodeLeaf(least, recordedAt).toString()).toBe(
      '{"v":1,"id":"evt_a","kind":"share-stopped","time":"2026-05-01T10:00:00.123Z",' +
        '"recordedAt":"2026-06-01T10:00:00.000Z","data":{"a":[true,null],"b":1}}',
    );
    expect(encodeLeaf(most, recordedAt).toString()).toBe(
      '{"v":1,"id":"evt_a","kind":"share-stopped","time":"2026-05-01T10:00:00.123Z",' +
        '"recordedAt":"2026-06-01T10:00:00.000Z","provider":"uni","alias":"urn:lrn:a",' +
        '"stream":"share-a","version":3,"contentMac":"01ff",' +
        '"data":{"a":[true,null],"b":1},"sealed":"-_8B"}',
    );
  });

  it('hold all that a message says, and nothing of the intake but the MAC', () => {
    expect(decodeLeaf(encodeLeaf(most, recordedAt))).toEqual({
      id: 'evt_a',
      kind: 'share-stopped',
      topic: 'wallet.v1',
      time: '2026-05-01T10:00:00.123Z',
      recordedAt: '2026-06-01T10:00:00.000Z',
      provider: 'uni',
      alias: 'urn:lrn:a',
      stream: 'share-a',
      version: 3,
      contentMac: '01ff',
      data: { a: [true, null], b: 1 },
      sealed: Buffer.of(251, 255, 1),
    });
  });

  it('give back whatever data and text went in, byte for byte when written again', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((given) => !given.includes('\0'));
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        text,
        fc.uint8Array({ minLength: 1 }),
        (data, provider, sealed) => {
          const leaf = encodeLeaf({ ...least, data, provider, sealed }, recordedAt);
          const { topic: _topic, contentMac: _mac, ...read } = decodeLeaf(leaf);
          expect(read.provider).toBe(provider);
          const again = { ...read, time: new Date(read.time) };
          expect(encodeLeaf(again, new Date(read.recordedAt))).toEqual(leaf);
        },
      ),
    );
  });

  it('are as many as a bundle can hold, and not one more', () => {
    const rest = encodeLeaf({ ...least, data: { t: '' } }, recordedAt).length;
    const filled = (length: number) => ({ ...least, data: { t: 'x'.repeat(length - rest) } });
    expect(encodeLeaf(filled(LEAF_BYTES_MAX), recordedAt)).toHaveLength(LEAF_BYTES_MAX);
    expect(() => encodeLeaf(filled(LEAF_BYTES_MAX + 1), recordedAt)).toThrow(DomainError);
  });

  it.each<[string, Partial<NewEntry>]>([
    ['a NUL, which a column cannot hold', { provider: 'a\0b' }],
    ['half a surrogate pair, which UTF-8 cannot say', { alias: '\ud800' }],
    ['a NUL in a source', { intake: { source: '\0', eventId: '', contentMac: Buffer.of() } }],
    ['a time that is none', { time: new Date('x') }],
    ['a year of five digits', { time: new Date('+012026-01-01T00:00:00Z') }],
    ['a year before Christ', { time: new Date('-000044-03-15T12:00:00Z') }],
    ['data that is not JSON', { data: { score: Number.NaN } }],
  ])('refuse %s', (_, change) => {
    expect(() => encodeLeaf({ ...least, ...change }, recordedAt)).toThrow();
  });

  it.each([
    ['no JSON', '{'],
    ['another version', '{"v":2'],
    ['an unknown key', '{"v":1,"x":1'],
  ])('are not read when they are %s', (_, begin) => {
    const leaf = encodeLeaf(least, recordedAt).toString().replace('{"v":1', begin);
    expect(() => decodeLeaf(Buffer.from(leaf))).toThrow();
  });

  it.each(['kind', 'id', 'data', 'recordedAt'])('are not read without %s', (key) => {
    const { [key]: _left, ...rest } = JSON.parse(
      encodeLeaf(least, recordedAt).toString(),
    ) as Record<string, unknown>;
    expect(() => decodeLeaf(Buffer.from(JSON.stringify(rest)))).toThrow();
  });
});

const hex = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('hex');

describe('the keys of an intake event', () => {
  const secret = new Hmac(Buffer.alloc(32, 7));
  const time = new Date('2026-05-01T10:00:00.000Z');

  it('are truncations of an HMAC of source and id; one of them begins with the time', () => {
    const mac = createHmac('sha256', Buffer.alloc(32, 7)).update('s\0e').digest('hex');
    const { identity, dedup } = intakeKeys(secret, 's', 'e', time);
    expect(hex(identity)).toBe(mac.slice(0, 32));
    expect(hex(dedup)).toBe(`019de2fb1900${mac.slice(0, 20)}`);
    expect(Number.parseInt('019de2fb1900', 16)).toBe(time.getTime());
  });

  it('keep the identity whatever the time, and order by it', () => {
    const later = intakeKeys(secret, 's', 'e', new Date('2026-05-01T10:00:00.001Z'));
    const { identity, dedup } = intakeKeys(secret, 's', 'e', time);
    expect(later.identity).toBe(identity);
    expect(dedup < later.dedup).toBe(true);
  });

  it('differ where source and id are cut elsewhere, and by secret', () => {
    const { identity } = intakeKeys(secret, 'ab', 'c', time);
    expect(intakeKeys(secret, 'a', 'bc', time).identity).not.toEqual(identity);
    const other = new Hmac(Buffer.alloc(32, 8));
    expect(intakeKeys(other, 'ab', 'c', time).identity).not.toEqual(identity);
  });

  it.each(['1969-12-31T23:59:59Z', '0001-01-01T00:00:00Z'])(
    'can be of before 1970: %s',
    (early) => {
      const { dedup } = intakeKeys(secret, 's', 'e', new Date(early));
      expect(hex(dedup.slice(0, 6))).toBe('000000000000');
    },
  );
});
