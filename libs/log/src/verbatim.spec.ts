import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeLeaf, encodeLeaf } from './leaf.js';
import type { NewEntry } from './log.js';
import { contentOf, splitLeaf } from './verbatim.js';

const recordedAt = new Date('2026-01-02T03:04:06Z');
const entry: NewEntry = {
  id: 'evt_1',
  kind: 'learning-event',
  time: new Date('2026-01-02T03:04:05Z'),
  data: { verb: 'passed' },
};
const text = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.constantFrom(',"data":', '\\', '\\",\\"data\\":{}'),
);
const anyEntry = fc
  .record(
    {
      id: text,
      provider: text,
      alias: text,
      stream: text,
      version: fc.nat(),
      data: fc.dictionary(text, fc.jsonValue()),
      sealed: fc.uint8Array({ minLength: 1 }),
    },
    { requiredKeys: ['id', 'data'] },
  )
  .map((some): NewEntry => ({ ...entry, ...some }));
const leafOf = (some: NewEntry): Buffer | undefined => {
  try {
    return encodeLeaf(some, recordedAt);
  } catch {
    return undefined;
  }
};

describe('a leaf taken apart in two', () => {
  it('says what it says when it is taken apart wholly', () => {
    fc.assert(
      fc.property(anyEntry, (some) => {
        const leaf = leafOf(some);
        fc.pre(leaf !== undefined);
        const { data, sealed, contentMac: _, ...envelope } = decodeLeaf(leaf);
        const { content, ...rest } = splitLeaf(leaf.toString());
        expect(rest).toEqual(envelope);
        expect(JSON.parse(content)).toEqual(
          JSON.parse(contentOf({ data, ...(sealed && { sealed }) })),
        );
        expect(leaf.toString().endsWith(content.slice(1))).toBe(true);
      }),
    );
  });

  it('leaves the MAC behind: it is nobody else’s business', () => {
    const intake = { source: 's', eventId: 'e', contentMac: new Uint8Array(32) };
    const leaf = encodeLeaf({ ...entry, intake }, recordedAt).toString();
    expect(splitLeaf(leaf)).toEqual({
      id: 'evt_1',
      kind: 'learning-event',
      topic: 'learning-events.v1',
      time: '2026-01-02T03:04:05.000Z',
      recordedAt: recordedAt.toISOString(),
      content: '{"data":{"verb":"passed"}}',
    });
  });

  it.each([
    ['no content', '{"v":1}'],
    ['another version', '{"v":2,"id":"a","kind":"learning-event","data":{}}'],
    ['an unknown kind', '{"v":1,"id":"a","kind":"telemetry","time":"","recordedAt":"","data":{}}'],
    ['no id', '{"v":1,"kind":"learning-event","time":"","recordedAt":"","data":{}}'],
  ])('is refused with %s', (_, leaf) => {
    expect(() => splitLeaf(leaf)).toThrow();
  });
});
