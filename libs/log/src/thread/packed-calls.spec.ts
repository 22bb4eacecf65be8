import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { EncodedCall, Envelope } from '../log-writer.js';
import { packCalls, transferOf, unpackCalls } from './packed-calls.js';

/** As encodeLeaf lets it pass: well-formed, without NUL. */
const text = fc.string({ unit: 'grapheme' }).filter((said) => !said.includes('\0'));
const bytes = fc.uint8Array({ maxLength: 80 }).map((given) => Buffer.from(given));
const time = fc.date({ noInvalidDate: true });
const envelope: fc.Arbitrary<Envelope> = fc.record(
  {
    id: text,
    kind: fc.constantFrom('learning-event' as const, 'share-stopped' as const),
    time,
    provider: text,
    alias: text,
    stream: text,
    version: fc.nat(),
    intake: fc.record({ source: text, eventId: text, contentMac: bytes }),
  },
  { requiredKeys: ['id', 'kind', 'time'] },
);
const calls: fc.Arbitrary<readonly EncodedCall[]> = fc.array(
  fc.record({
    entries: fc.array(fc.record({ entry: envelope, leaf: bytes }), { minLength: 1, maxLength: 5 }),
    recordedAt: time,
    onConflict: fc.constantFrom('answer' as const, 'refuse' as const),
  }),
  { minLength: 1, maxLength: 5 },
);

describe('packed calls', () => {
  it('are what they were, on the other side of a thread', () => {
    fc.assert(
      fc.property(calls, fc.nat(), (given, first) => {
        const packed = packCalls(first, given);
        const arrived = structuredClone(packed, { transfer: [...transferOf(packed)] });
        expect(arrived.first).toBe(first);
        expect(unpackCalls(arrived)).toEqual(given);
      }),
    );
  });

  it('leave what they were made of as it was', () => {
    const leaf = Buffer.from('{"v":1}');
    const entry = { id: 'evt_1', kind: 'share-stopped' as const, time: new Date(0) };
    const packed = packCalls(0, [{ entries: [{ entry, leaf }], recordedAt: new Date(0) }]);
    structuredClone(packed, { transfer: [...transferOf(packed)] });
    expect(leaf.toString()).toBe('{"v":1}');
  });
});
