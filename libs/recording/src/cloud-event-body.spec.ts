import { describe, expect, it } from '@jest/globals';
import { BATCH_MAX, parseJson } from './json-body.js';
import { eventsIn } from './cloud-event-body.js';

const type = (name: string, more: Record<string, string> = {}) => ({
  'content-type': name,
  ...more,
});
const ONE = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';

describe('the body of POST /v1/events', () => {
  it.each([
    ['one structured event', type(`${ONE}; charset=utf-8`), { id: '1' }, [{ id: '1' }]],
    ['a batch', type(BATCH), [{ id: '1' }, { id: '2' }], [{ id: '1' }, { id: '2' }]],
    ['an empty batch', type(BATCH), [], []],
    ['an event as plain JSON', type('application/json'), { id: '1' }, [{ id: '1' }]],
    ['a list as plain JSON', type('Application/JSON'), [{ id: '1' }], [{ id: '1' }]],
    [
      'binary mode',
      type('application/json', {
        'ce-specversion': '1.0',
        'ce-id': 'caf%C3%A9',
        'ce-revision': '2',
        host: 'x',
      }),
      { verb: 'passed' },
      [
        {
          specversion: '1.0',
          id: 'café',
          revision: 2,
          datacontenttype: 'application/json',
          data: { verb: 'passed' },
        },
      ],
    ],
  ])('can be %s', (_, headers, body, events) => {
    expect(eventsIn(headers, body)).toEqual(events);
  });

  it.each([
    ['a list where one was announced', type(ONE), [{}], 'invalid-input'],
    ['one where a list was announced', type(BATCH), {}, 'invalid-input'],
    [
      'a header that is not encoded',
      type('application/json', { 'ce-specversion': '1.0', 'ce-id': '%E0%A4%A' }),
      {},
      'invalid-input',
    ],
    [
      'more than a batch may have',
      type(BATCH),
      Array.from({ length: BATCH_MAX + 1 }, () => ({})),
      'too-large',
    ],
  ])('cannot be %s', (_, headers, body, code) => {
    expect(() => eventsIn(headers, body)).toThrow(expect.objectContaining({ code }));
  });
});

describe('malformed JSON', () => {
  it.each([
    ['{"verb":\n 1 2}', /line 2 column 4/u],
    ['[1 2]', /column 4/u],
    ['{"a":"Amina', /position|column/u],
  ])('%j is refused with its place', (text, place) => {
    expect(() => parseJson(text)).toThrow(
      expect.objectContaining({
        code: 'malformed-json',
        detail: expect.stringMatching(place),
      }),
    );
  });

  it.each(['', 'Amina', '{"a":Amina}'])('%j is refused without being quoted', (text) => {
    expect(() => parseJson(text)).toThrow(/^malformed-json(?!.*Amina)/u);
  });
});
