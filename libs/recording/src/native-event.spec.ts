import { describe, expect, it } from '@jest/globals';
import { DomainError } from '#kernel';
import { learningEventSchema } from '#contracts';
import { learningEventOf } from './domain/learning-event.js';
import { compile } from './json-schema.js';
import { EVENT_BYTES_MAX, readNativeEvent } from './native-event.js';
import { client, event, NOW, voiding } from './testing/samples.js';

const problem = (value: unknown): DomainError => {
  try {
    readNativeEvent(value);
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('was accepted');
};

const filler = (bytes: number) => event({}, { ext: { 'urn:x:filler': 'x'.repeat(bytes) } });
const content = (...parts: Parameters<typeof event>) => readNativeEvent(event(...parts)).content;

describe('an event at the door', () => {
  it.each([
    ['complete', event()],
    ['without an id', event({ id: undefined })],
    ['without an envelope time', event({ time: undefined })],
    ['without any time', event({ time: undefined }, { occurredAt: undefined })],
    ['without a content type', event({ datacontenttype: undefined })],
    ['with a trace', event({ traceparent: '00-a-b-01', revision: 2 })],
    ['of a learner with a DID', event({}, { learner: { did: 'did:key:z6Mk' } })],
    ['of a learner with a mail hash', event({}, { learner: { mailHash: 'a'.repeat(40) } })],
    ['of a learner by our alias', event({}, { learner: { alias: `urn:lrn:${'a'.repeat(32)}` } })],
    ['with full marks', event({}, { result: { score: { raw: 10, max: 10 } } })],
    ['that voids', voiding()],
    ['that voids with a note', voiding({}, { note: 'Amina was somebody else.' })],
  ])('is taken %s', (_, value) => {
    expect(readNativeEvent(value).report.source).toBe('urn:llcl:uni:lms');
  });

  it.each([
    ['#', 'Must be an object.', []],
    ['#', 'Must be an object.', 'text'],
    ['#', 'Must be an object.', null],
    ['#/source', 'Required.', event({ source: undefined })],
    ['#/specversion', 'Always "1.0".', event({ specversion: '0.3' })],
    ['#/hobby', 'Unknown field "hobby".', event({ hobby: 1 })],
    ['#/data/hobby', 'Unknown field "hobby".', event({}, { hobby: 1 })],
    ['#/data/a~1b', 'Unknown field "a/b".', event({}, { 'a/b': 1 })],
    ['#/data/__proto__', 'Unknown field "__proto__".', JSON.parse('{"__proto__":1}')],
    ['#/data/verb', 'One of', event({}, { verb: 'liked' })],
    ['#/data/verb', 'Must be the verb that "type" names.', event({}, { verb: 'failed' })],
    ['#/type', 'Must match', event({ type: 'org.learning-ledger.liked.v1' })],
    ['#/data/activity', 'Required.', event({}, { activity: undefined })],
    ['#/data/result/score/scaled', 'must be <= 1', event({}, { result: { score: { scaled: 2 } } })],
    ['#/data/result', 'Must not be empty.', event({}, { result: {} })],
    ['#/data/occurredAt', 'A time with offset', event({}, { occurredAt: '2026-05-04' })],
    ['#/data/occurredAt', 'A time with offset', event({}, { occurredAt: '2026-02-30T00:00:00Z' })],
    ['#/data/occurredAt', 'No calendar', event({}, { occurredAt: '2016-12-31T23:59:60Z' })],
    ['#/time', 'A time with offset', event({ time: 'yesterday' })],
    ['#/id', 'Must match', event({ id: 'a b' })],
    ['#/id', 'Must be text.', event({ id: 7 })],
    ['#/data/learner/id', 'Unknown field "id".', event({}, { learner: { id: 'urn:lrn:a' } })],
    ['#/data/learner', 'Must not be empty.', event({}, { learner: {} })],
    [
      '#/data/learner',
      'At most 1',
      event({}, { learner: { did: 'did:a:b', mailHash: 'a'.repeat(40) } }),
    ],
    [
      '#/data/learner/account/name',
      'Required.',
      event({}, { learner: { account: { homePage: 'x' } } }),
    ],
    ['#/data/raw', 'Unknown field "raw".', event({}, { raw: { format: 'native' } })],
    ['#/subject', 'Unknown field "subject".', event({ subject: `urn:lrn:${'a'.repeat(32)}` })],
    ['#/ledgerseq', 'Unknown field "ledgerseq".', event({ ledgerseq: '1' })],
    ['#/contenthash', 'Unknown field', event({ contenthash: `hmac-sha256:${'a'.repeat(64)}` })],
    ['#/data/learner', 'Unknown field "learner".', voiding({}, { learner: {} })],
    ['#/data/reason', 'One of', voiding({}, { reason: 'bored' })],
    ['#/data/target/id', 'Required.', voiding({}, { target: { source: 's' } })],
    [
      '#',
      'NUL',
      event({}, { activity: { id: 'urn:x:1', type: 'course', name: { en: 'a\u0000b' } } }),
    ],
    ['#', 'half a character', event({ id: 'a\ud800' })],
    ['#', 'too large', { ...event(), revision: JSON.parse('1e400') as number }],
    ['#', 'Nested too deeply', { ...event(), data: { ext: deep(100_000) } }],
  ])('is refused at %s: %s', (pointer, detail, value) => {
    const { code, issues } = problem(
      pointer === '#/data/__proto__' ? { ...event(), data: value } : value,
    );
    expect(code).toBe('invalid-input');
    expect(issues).toContainEqual({ pointer, detail: expect.stringContaining(detail) });
  });

  it('may hold what merely looks like NUL', () => {
    const name = { en: 'the escape \\u0000 in JSON' };
    const value = event({}, { activity: { id: 'urn:x:1', type: 'course', name } });
    expect(readNativeEvent(value).report).toMatchObject({ data: { activity: { name } } });
  });

  it('has a limit', () => {
    expect(problem(filler(EVENT_BYTES_MAX))).toMatchObject({ code: 'too-large' });
    expect(readNativeEvent(filler(EVENT_BYTES_MAX - 1_000)).report.is).toBe('learning');
  });

  it('never says in an error what it was given', () => {
    const { issues } = problem(event({ time: 'Amina' }, { verb: 'Amina', learner: 'Amina' }));
    expect(JSON.stringify(issues)).not.toContain('Amina');
  });

  it('becomes a canonical event that the published schema accepts', () => {
    const { report, raw } = readNativeEvent(event({}, { startedAt: '2026-05-01T09:00:00Z' }));
    if (report.is !== 'learning') throw new Error('is a void');
    const alias = `urn:lrn:${'a'.repeat(32)}`;
    const data = learningEventOf(client, report, { alias, receivedAt: NOW, raw });
    const canonical = {
      ...event(),
      subject: alias,
      partitionkey: alias,
      dataschema: 'urn:learning-ledger:learning-event:1.0',
      data,
    };
    expect(compile(learningEventSchema)(canonical)).toEqual([]);
  });

  it('says the same whatever the envelope, the order of fields and the time zone', () => {
    const same = content();
    expect(content({ time: '2026-02-02T10:00:00Z', id: 'e-2', revision: 1 })).toBe(same);
    expect(content({}, { occurredAt: '2026-05-04T11:00:00+02:00' })).toBe(same);
    expect(content({}, { learner: { mailHash: 'a'.repeat(40) } })).toBe(same);
    const { learner, ...rest } = event()['data'] as Record<string, unknown>;
    expect(content({ data: { ...rest, learner } })).toBe(same);
    // When it happened is compared beside it, where both say it.
    expect(content({}, { occurredAt: undefined })).toBe(same);
    expect(content({ revision: 3 })).not.toBe(same);
    expect(content({}, { result: { success: false } })).not.toBe(same);
  });
});

function deep(levels: number): unknown {
  return JSON.parse('['.repeat(levels) + ']'.repeat(levels));
}
