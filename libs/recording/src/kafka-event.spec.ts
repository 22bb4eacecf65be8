import { describe, expect, it } from '@jest/globals';
import { eventOf, MESSAGE_BYTES_MAX } from './kafka-event.js';
import { event } from './testing/samples.js';

const message = (
  value: unknown,
  headers: readonly (readonly [string, string])[] = [],
  key: string | null = 'k',
) => ({
  key: key === null ? null : Buffer.from(key),
  headers,
  value:
    value === null || value instanceof Uint8Array
      ? value
      : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
});
const structured = ['content-type', 'application/cloudevents+json; charset=UTF-8'] as const;
const json = ['content-type', 'application/json'] as const;

describe('the event of a message', () => {
  it.each([
    ['structured mode', [structured]],
    ['no headers at all, as connectors send it', []],
    ['structured mode with headers that say the same', [structured, ['ce_id', 'e-1'] as const]],
  ])('is its value in %s', (_, headers) => {
    expect(eventOf(message(event(), headers))).toEqual(event());
  });

  it('is put together from headers and value in binary mode', () => {
    const { data, datacontenttype, ...attributes } = event({ revision: 2 });
    const headers = Object.entries(attributes).map(
      ([name, value]) => [`ce_${name}`, String(value)] as const,
    );
    for (const contentType of [[json], [['Content-Type', 'application/json; x=y'] as const], []])
      expect(eventOf(message(data, [...headers, ...contentType]))).toEqual({
        ...attributes,
        datacontenttype,
        data,
      });
  });

  it('may name the key of the message, which is no part of it', () => {
    expect(eventOf(message(event({ partitionkey: 'k' })))).toEqual(event());
    expect(eventOf(message({}, [json, ['ce_partitionkey', 'k'], ['ce_id', '1']]))).toEqual({
      id: '1',
      datacontenttype: 'application/json',
      data: {},
    });
  });

  it.each([
    ['not JSON', message('Amina'), 'malformed-json', ''],
    ['no value', message(null), 'malformed-json', ''],
    ['not UTF-8', message(new Uint8Array([0x22, 0xff, 0x22])), 'malformed-json', ''],
    ['too large', message(Buffer.alloc(MESSAGE_BYTES_MAX + 1, 32)), 'too-large', ''],
    ['a list', message([event()], [structured]), 'invalid-input', '#'],
    ['text', message('"event"'), 'invalid-input', '#'],
    ['Avro', message('Obj', [['content-type', 'application/avro']]), 'unsupported-media-type', ''],
    [
      'a batch',
      message([event()], [['content-type', 'application/cloudevents-batch+json']]),
      'unsupported-media-type',
      '',
    ],
    ['another id', message(event(), [structured, ['ce_id', 'e-2']]), 'invalid-input', '#/id'],
    [
      'a header for what the value leaves out',
      message(event({ time: undefined }), [structured, ['ce_time', '2026-01-01T00:00:00Z']]),
      'invalid-input',
      '#/time',
    ],
    [
      'a header given twice',
      message({}, [json, ['ce_id', '1'], ['ce_id', '2']]),
      'invalid-input',
      '#/id',
    ],
    [
      'another type of content',
      message({}, [json, ['ce_datacontenttype', 'text/csv']]),
      'invalid-input',
      '#/datacontenttype',
    ],
    ['data in a header', message({}, [json, ['ce_data', '{}']]), 'invalid-input', '#/data'],
    ['another key', message(event({ partitionkey: 'other' })), 'invalid-input', '#/partitionkey'],
    [
      'a key that is not there',
      message(event({ partitionkey: 'k' }), [], null),
      'invalid-input',
      '#/partitionkey',
    ],
  ])('cannot be %s', (_, given, code, pointer) => {
    const issues = pointer === '' ? [] : [expect.objectContaining({ pointer })];
    expect(() => eventOf(given)).toThrow(expect.objectContaining({ code, issues }));
    expect(() => eventOf(given)).not.toThrow(/Amina/u);
  });

  it('keeps a name that means something to JavaScript as a name', () => {
    const read = eventOf(message({}, [json, ['ce___proto__', 'x']]));
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect(Object.keys(read)).toContain('__proto__');
  });
});
