import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { type EntryKind, type Message, PARTITIONS, topicOf } from '#contracts';
import type { Incoming, Outgoing } from './kafka.js';
import { contentOf } from '#log';
import { fromRecord, keyOf, laneFor, toRecord } from './kafka-record.js';
import { partitionOf } from './partition.js';

const partitionMetadata = [...Array(PARTITIONS).keys()].map((partitionId) => ({
  partitionId,
  partitionErrorCode: 0,
  leader: 1,
  replicas: [1],
  isr: [1],
}));
const kafkasPartition = (key: string): number =>
  Partitioners.DefaultPartitioner()({
    topic: 't',
    partitionMetadata,
    message: { key, value: null },
  });

describe('the partition of a key', () => {
  it.each(['', 'a', 'ab', 'abc', 'abcd', 'urn:lrn:aaaa', 'Ωμέγα', '🎓', 'case-1'])(
    'is the one that Kafka clients choose: %p',
    (key) => expect(partitionOf(key)).toBe(kafkasPartition(key)),
  );

  it('is the one that Kafka clients choose, for any key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (key) => {
        expect(partitionOf(key)).toBe(kafkasPartition(key));
      }),
    );
  });

  it('never changes: an order that was kept is kept', () => {
    expect(['urn:lrn:a', 'urn:lrn:b', 'case-1'].map(partitionOf)).toEqual([1, 5, 8]);
  });

  it('is the learner before the stream, and the entry without either', () => {
    expect(keyOf({ alias: 'a', stream: 's', id: 'i' })).toBe('a');
    expect(keyOf({ stream: 's', id: 'i' })).toBe('s');
    expect(keyOf({ id: 'i' })).toBe('i');
  });
});

const message: Message = {
  log: 'recorder',
  seq: 12,
  id: 'evt_abc',
  kind: 'learning-event',
  topic: 'learning-events.v1',
  time: '2026-01-02T03:04:05.678Z',
  recordedAt: '2026-01-02T03:04:06Z',
  provider: 'uni',
  alias: 'urn:lrn:a',
  stream: 'case-1',
  version: 2,
  data: { verb: 'passed' },
  sealed: Buffer.from([0, 255, 1, 254]),
};
const recordOf = (some: Message, previous: number): Outgoing =>
  toRecord({ ...some, content: contentOf(some) }, laneFor(some), previous);
const text = fc.string({ minLength: 1, unit: 'binary', maxLength: 20 });
const anyMessage: fc.Arbitrary<Message> = fc
  .record(
    {
      log: fc.stringMatching(/^[a-z-]{1,20}$/u),
      seq: fc.nat(),
      id: text,
      kind: fc.constantFrom(...(Object.keys(topicOf) as EntryKind[])),
      provider: text,
      alias: text,
      stream: text,
      version: fc.integer({ min: 1, max: 1e6 }),
      data: fc.dictionary(text, fc.jsonValue()),
      sealed: fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes)),
    },
    { requiredKeys: ['log', 'seq', 'id', 'kind', 'data'] },
  )
  .map((some) => ({ ...message, ...some, topic: topicOf[some.kind] }))
  .map((some) => JSON.parse(JSON.stringify(some, hide), show) as Message);
const hide = (_key: string, value: unknown): unknown =>
  value instanceof Uint8Array ? [...value] : value;
const show = (key: string, value: unknown): unknown =>
  key === 'sealed'
    ? Buffer.from((value as { data?: number[] }).data ?? (value as number[]))
    : value;

/** As other clients hand out headers, and as ours does. */
const forms = [
  ['bytes', (text: string): unknown => Buffer.from(text)],
  ['text', (text: string): unknown => text],
] as const;

describe.each(forms)('a message as a Kafka record, with headers as %s', (_form, formed) => {
  const received = (
    { headers, value }: Outgoing,
    changed: Readonly<Record<string, unknown>> = {},
  ): Incoming => ({
    offset: '41',
    value: Buffer.from(value),
    headers: Object.fromEntries(
      Object.entries({ ...headers, ...changed })
        .filter(([, text]) => text !== undefined)
        .map(([name, text]) => [name, typeof text === 'string' ? formed(text) : text]),
    ),
  });

  it('carries the CloudEvents attributes as headers, in binary content mode', () => {
    const { headers, key, partition } = recordOf(message, 7);
    expect(headers).toEqual({
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_id: 'evt_abc',
      ce_type: 'org.learning-ledger.learning-event.v1',
      ce_source: 'urn:llcl:log:recorder',
      ce_time: '2026-01-02T03:04:05.678Z',
      ce_subject: 'urn:lrn:a',
      ce_ledgerlog: 'recorder',
      ce_ledgerseq: '12',
      ce_ledgerprevious: '7',
      ce_ledgerkind: 'learning-event',
      ce_ledgerrecorded: '2026-01-02T03:04:06Z',
      ce_ledgerprovider: 'uni',
      ce_ledgerstream: 'case-1',
      ce_ledgerversion: '2',
    });
    expect(key).toBe('urn:lrn:a');
    expect(partition).toBe(partitionOf('urn:lrn:a'));
  });

  it('comes back the same, with its place', () => {
    fc.assert(
      fc.property(anyMessage, (some) => {
        const carried = fromRecord(some.topic, received(recordOf(some, some.seq - 1)));
        expect(carried).toEqual({
          log: some.log,
          seq: some.seq,
          previous: some.seq - 1,
          nextOffset: 42,
          content: some,
        });
      }),
    );
  });

  it('keeps a key that JavaScript gives a meaning of its own', () => {
    const data = JSON.parse('{"__proto__":{"a":1}}') as object;
    const { content } = fromRecord(message.topic, received(recordOf({ ...message, data }, 7)));
    expect(JSON.stringify(content)).toContain('"data":{"__proto__":{"a":1}}');
  });

  it.each([
    ['another CloudEvents version', { ce_specversion: '0.3' }],
    ['an unknown kind', { ce_ledgerkind: 'telemetry' }],
    ['a type of another kind', { ce_type: 'org.learning-ledger.share-stopped.v1' }],
    ['a source of another log', { ce_source: 'urn:llcl:log:issuer' }],
    [
      'a kind of another topic',
      { ce_ledgerkind: 'share-stopped', ce_type: 'org.learning-ledger.share-stopped.v1' },
    ],
    ['no id', { ce_id: undefined }],
    ['a time that is none', { ce_time: 'yesterday' }],
    ['a version that is no number', { ce_ledgerversion: 'two' }],
    ['a header given twice', { ce_id: [Buffer.from('a'), Buffer.from('b')] }],
    ['an empty provider', { ce_ledgerprovider: '' }],
    ['version 0', { ce_ledgerversion: '0' }],
    ['a day that there is not', { ce_time: '2026-02-30T03:04:05.678Z' }],
    ['an hour that there is not', { ce_time: '2026-01-02T24:00:05.678Z' }],
    ['a minute that there is not', { ce_time: '2026-01-02T03:60:05.678Z' }],
  ])('with %s cannot be read, but keeps its place', (_name, wrong) => {
    const carried = fromRecord('learning-events.v1', received(recordOf(message, 7), wrong));
    expect(carried).toMatchObject({ log: 'recorder', seq: 12, previous: 7 });
    expect(carried.content).toHaveProperty('raw');
  });

  it.each([
    ['no JSON', '{'],
    ['an unknown member', '{"data":{},"name":"Ada"}'],
    ['no data', '{}'],
    ['a list for data', '{"data":[]}'],
    ['null for data', '{"data":null}'],
    ['a sealed part that is no base64url', '{"data":{},"sealed":"a+b"}'],
  ])('whose value is %s cannot be read, and is not quoted', (_name, value) => {
    const record = { ...received(recordOf(message, 7)), value: Buffer.from(value) };
    const { content } = fromRecord('learning-events.v1', record);
    expect(content).toHaveProperty('raw');
    expect((content as { detail: string }).detail).not.toContain('Ada');
  });

  it('without a value cannot be read', () => {
    const record = { ...received(recordOf(message, 7)), value: null };
    expect(fromRecord('learning-events.v1', record).content).toHaveProperty('raw');
  });

  it.each([
    ['no seq', { ce_ledgerseq: undefined }],
    ['a seq that is no number', { ce_ledgerseq: '1e3' }],
    ['a negative seq', { ce_ledgerseq: '-1' }],
    ['a previous that is not before it', { ce_ledgerprevious: '12' }],
    ['no log', { ce_ledgerlog: undefined }],
  ])('with %s stands at its offset', (_name, wrong) => {
    const carried = fromRecord('learning-events.v1', received(recordOf(message, 7), wrong));
    expect(carried).toMatchObject({ log: '?', seq: 41, previous: -1, nextOffset: 42 });
    expect(carried.content).toHaveProperty('raw');
  });
});
