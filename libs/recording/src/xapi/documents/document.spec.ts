import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { DomainError } from '#kernel';
import {
  checkBlindPut,
  checkPreconditions,
  type Document,
  DOCUMENT_BYTES_MAX,
  documentOf,
  etagOf,
  isKnown,
  mergedWith,
} from './document.js';

const JSON_TYPE = 'application/json';
const json = (value: unknown, contentType = JSON_TYPE): Document => ({
  contentType,
  content: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
});
const bytes = (content: Buffer): Document => ({ contentType: 'image/png', content });
const refusedAs = (code: string, detail?: RegExp) =>
  expect.objectContaining({ code, ...(detail && { detail: expect.stringMatching(detail) }) });
const refusalOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};
const GIVEN = json({ a: 1 });
const TAG = `"${createHash('sha1').update('{"a":1}').digest('hex')}"`;

describe('a document', () => {
  it('is what was sent, byte by byte, as what it was said to be', () => {
    const body = Buffer.from([0, 255, 10, 128]);
    const headers = { 'content-type': 'Image/PNG; a="b c"' };
    expect(documentOf({ headers, body })).toEqual({
      contentType: 'Image/PNG; a="b c"',
      content: body,
    });
    expect(documentOf({ headers: {}, body }).contentType).toBe('application/octet-stream');
  });

  it.each([
    '',
    'json',
    'a/b\r\nset-cookie: x=1',
    'a/b\u0000',
    'a b/c',
    'ä/b',
    `a/${'b'.repeat(300)}`,
  ])('is not said to be %j', (contentType) => {
    const request = { headers: { 'content-type': contentType }, body: Buffer.alloc(0) };
    expect(() => documentOf(request)).toThrow(refusedAs('invalid-input', /Content-Type/u));
  });

  it('has at most the limit', () => {
    const body = Buffer.alloc(DOCUMENT_BYTES_MAX);
    expect(documentOf({ headers: {}, body }).content).toHaveLength(DOCUMENT_BYTES_MAX);
    const more = { headers: {}, body: Buffer.alloc(DOCUMENT_BYTES_MAX + 1) };
    expect(() => documentOf(more)).toThrow(refusedAs('too-large', /1048576/u));
  });

  it('has the SHA-1 of its content as entity tag', () => {
    expect(etagOf(GIVEN)).toBe(TAG);
    expect(etagOf(bytes(Buffer.from([255])))).toBe('"85e53271e14006f0265921d02d4d736cdc580b0b"');
    expect(etagOf({ ...GIVEN, contentType: 'text/plain' })).toBe(TAG);
  });
});

describe('preconditions', () => {
  it.each([
    [{}, GIVEN],
    [{}, undefined],
    [{ 'if-match': TAG }, GIVEN],
    [{ 'if-match': `"x", ${TAG}` }, GIVEN],
    [{ 'if-match': '*' }, GIVEN],
    [{ 'if-none-match': '*' }, undefined],
    [{ 'if-none-match': TAG }, undefined],
    [{ 'if-none-match': '"x"' }, GIVEN],
    [{ 'if-match': TAG, 'if-none-match': '"x"' }, GIVEN],
  ])('hold: %j', (headers, current) => {
    expect(() => checkPreconditions(headers, current)).not.toThrow();
  });

  it.each([
    [{ 'if-match': '"1111111111111111111111111111111111111111"' }, GIVEN],
    [{ 'if-match': TAG }, undefined],
    [{ 'if-match': '*' }, undefined],
    [{ 'if-match': TAG.slice(1, -1) }, GIVEN],
    [{ 'if-match': `W/${TAG}` }, GIVEN],
    [{ 'if-match': TAG.toUpperCase() }, GIVEN],
    [{ 'if-match': '' }, GIVEN],
    [{ 'if-none-match': '*' }, GIVEN],
    [{ 'if-none-match': TAG }, GIVEN],
    [{ 'if-none-match': `W/${TAG}` }, GIVEN],
    [{ 'if-match': TAG, 'if-none-match': '*' }, GIVEN],
  ])('fail: %j', (headers, current) => {
    expect(() => checkPreconditions(headers, current)).toThrow(refusedAs('precondition-failed'));
  });

  it('say that a reader has it already', () => {
    expect(isKnown({ 'if-none-match': `"x", W/${TAG}` }, GIVEN)).toBe(true);
    expect(isKnown({ 'if-none-match': '"x"' }, GIVEN)).toBe(false);
    expect(isKnown({ 'if-match': TAG }, GIVEN)).toBe(false);
  });
});

describe('a PUT without them', () => {
  const put = (version: '1.0.3' | '2.0.0', headers = {}) => ({ headers, version });

  it('overwrites state in 1.0.3, and begins whatever there is not in 2.0', () => {
    expect(() => checkBlindPut(put('1.0.3'), 'state', GIVEN)).not.toThrow();
    expect(() => checkBlindPut(put('1.0.3'), 'state', undefined)).not.toThrow();
    expect(() => checkBlindPut(put('2.0.0'), 'state', undefined)).not.toThrow();
    expect(() => checkBlindPut(put('2.0.0'), 'profile', undefined)).not.toThrow();
  });

  it.each([
    ['1.0.3', 'profile', GIVEN, 'document-exists'],
    ['1.0.3', 'profile', undefined, 'invalid-input'],
    ['2.0.0', 'profile', GIVEN, 'document-exists'],
    ['2.0.0', 'state', GIVEN, 'document-exists'],
  ] as const)('is refused in %s for a %s', (version, kind, current, code) => {
    expect(() => checkBlindPut(put(version), kind, current)).toThrow(refusedAs(code));
    for (const headers of [{ 'if-match': TAG }, { 'if-none-match': '*' }])
      expect(() => checkBlindPut(put(version, headers), kind, current)).not.toThrow();
  });
});

describe('a POST', () => {
  const left = (current: Document | undefined, posted: Document): unknown =>
    JSON.parse(mergedWith(current, posted).content.toString());

  it('replaces members of the first level and keeps the others', () => {
    const before = json({ car: { make: 'Ford', model: 'Escape' }, driver: 'Dale', n: null });
    const posted = json({ car: { make: 'Dodge' }, n: [1], new: '' });
    expect(left(before, posted)).toEqual({
      car: { make: 'Dodge' },
      driver: 'Dale',
      n: [1],
      new: '',
    });
  });

  it('is about members of any name, and about nothing else', () => {
    const merged = left(json('{"__proto__":{"a":1},"b":2}'), json('{"constructor":3}'));
    expect(Object.entries(merged as object)).toEqual([
      ['__proto__', { a: 1 }],
      ['b', 2],
      ['constructor', 3],
    ]);
    expect(({} as { a?: number }).a).toBeUndefined();
  });

  it('leaves the document what it was said to be', () => {
    const before = json({ a: 1 }, 'Application/JSON; charset=utf-8');
    expect(mergedWith(before, json({ b: 2 })).contentType).toBe('Application/JSON; charset=utf-8');
  });

  it('is kept as it came where there was nothing', () => {
    const posted = json('{ "b" : 2e0 }');
    expect(mergedWith(undefined, posted)).toEqual(posted);
    const image = bytes(Buffer.from([1, 2]));
    expect(mergedWith(undefined, image)).toEqual(image);
  });

  it.each([
    ['something else to JSON', GIVEN, bytes(Buffer.from('{}')), 'invalid-input'],
    ['a form to JSON', GIVEN, json('abc', 'application/x-www-form-urlencoded'), 'invalid-input'],
    ['JSON to something else', bytes(Buffer.from('{}')), json({ a: 1 }), 'invalid-input'],
    ['JSON of another name', GIVEN, json({ a: 1 }, 'application/json5'), 'invalid-input'],
    ['a list', GIVEN, json([1]), 'invalid-input'],
    ['null', GIVEN, json(null), 'invalid-input'],
    ['to a list', json([1]), GIVEN, 'invalid-input'],
    ['to what is no JSON', json('x'), GIVEN, 'malformed-json'],
    ['half an object', GIVEN, json('{"a":1}{'), 'malformed-json'],
    ['nothing', GIVEN, json(''), 'malformed-json'],
    [
      'what is no UTF-8',
      GIVEN,
      { contentType: JSON_TYPE, content: Buffer.from([0x22, 0xff, 0x22]) },
      'malformed-json',
    ],
    ['a number too large', GIVEN, json('{"b":1e999}'), 'invalid-input'],
    [
      'nesting without end',
      GIVEN,
      json(`{"b":${'['.repeat(400_000)}${']'.repeat(400_000)}}`),
      'invalid-input',
    ],
    [
      'what makes it too large',
      json({ a: 'x'.repeat(DOCUMENT_BYTES_MAX - 100) }),
      json({ b: 'x'.repeat(200) }),
      'too-large',
    ],
    ['a list, first', undefined, json([1]), 'invalid-input'],
    ['half an object, first', undefined, json('{"a":1}['), 'malformed-json'],
  ])('cannot add %s', (_, current, posted, code) => {
    expect(() => mergedWith(current, posted)).toThrow(refusedAs(code));
  });

  it('is refused without being quoted', () => {
    const secret = 'Amina-Diallo';
    for (const posted of [json(`{"a":${secret}`), json(`"${secret}"`)]) {
      const refusal = refusalOf(() => mergedWith(GIVEN, posted));
      expect(refusal).toBeInstanceOf(DomainError);
      expect(JSON.stringify(refusal) + String(refusal)).not.toContain('Amina');
    }
  });
});
