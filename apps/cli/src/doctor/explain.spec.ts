import { describe, expect, it } from '@jest/globals';
import { problemOf } from '#contracts';
import { explainClock, explainRefusal, explainSilence } from './explain.js';

const failed = (code: string): Error =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(''), { code }) });
const refused = (status: number, json?: unknown, headers: Record<string, string> = {}): string =>
  explainRefusal({ status, json, headers: new Headers(headers) }, 'xAPI secret').what;

describe('explainSilence', () => {
  it.each([
    ['ENOTFOUND', /name/u],
    ['ECONNREFUSED', /Nobody answers/u],
    ['CERT_HAS_EXPIRED', /expired/u],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /trusts/u],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /trusts/u],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /another name/u],
    ['ERR_SSL_WRONG_VERSION_NUMBER', /does not speak TLS/u],
    ['ESOMETHING', /\(ESOMETHING\)/u],
  ])('%s', (code, words) => {
    expect(explainSilence(failed(code))).toMatchObject({
      is: 'wrong',
      what: expect.stringMatching(words),
    });
  });

  it('takes a timeout, several addresses, and what is no error at all', () => {
    expect(explainSilence(new DOMException('', 'TimeoutError')).what).toMatch(/in time/u);
    const several = new TypeError('', { cause: new AggregateError([failed('ECONNREFUSED')]) });
    expect(explainSilence(several).what).toMatch(/Nobody/u);
    expect(explainSilence(undefined).is).toBe('wrong');
  });
});

describe('explainRefusal', () => {
  it.each([
    [401, problemOf('invalid-client'), /xAPI secret is wrong/u],
    [401, problemOf('not-signed-in'), /did not arrive/u],
    [403, problemOf('source-not-yours'), /not registered/u],
    [400, problemOf('time-in-future'), /clock/u],
    [404, problemOf('not-found'), /not this address/u],
    [503, problemOf('unavailable'), /away/u],
    [400, problemOf('invalid-input', 'Say "X-Experience-API-Version: 1.0.3".'), /header/u],
    [400, problemOf('invalid-input', '', [{ pointer: '#/a', detail: 'Bad.' }]), /#\/a: Bad\./u],
    [404, undefined, /not the ledger/u],
    [200, '<html>', /not the ledger/u],
  ])('%d %j', (status, json, words) => {
    expect(refused(status, json)).toMatch(words);
  });

  it('says where a redirect leads, and how long to wait', () => {
    expect(refused(301, undefined, { location: 'https://b.example/' })).toContain('b.example');
    const headers = new Headers({ 'retry-after': '17' });
    const quota = { status: 429, json: problemOf('quota-exceeded'), headers };
    expect(explainRefusal(quota, '').whatToDo).toContain('17 seconds');
  });
});

describe('explainClock', () => {
  const now = new Date('2026-11-23T12:00:00Z');
  it.each([
    ['Mon, 23 Nov 2026 12:00:30 GMT', undefined],
    ['Mon, 23 Nov 2026 12:05:00 GMT', 'doubtful'],
    ['Mon, 23 Nov 2026 11:55:00 GMT', 'doubtful'],
    ['Sat, 21 Nov 2026 12:00:00 GMT', 'wrong'],
    ['some day', undefined],
    [null, undefined],
  ])('%s: %s', (date, is) => {
    expect(explainClock(date, now)?.is).toBe(is);
  });
});
