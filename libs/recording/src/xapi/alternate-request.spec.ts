import { describe, expect, it } from '@jest/globals';
import { DomainError } from '#kernel';
import { processorTime } from '#testing';
import { FORM_FIELDS_MAX, readAlternate, type SentRequest } from './alternate-request.js';

const FORM = 'application/x-www-form-urlencoded';
const sent = (query: string, body: string | Buffer, part: Partial<SentRequest> = {}) => ({
  method: 'POST',
  query: new URLSearchParams(query),
  headers: { 'content-type': FORM, 'content-length': '1', 'x-experience-api-version': '1.0.3' },
  body: Buffer.from(body),
  ...part,
});
const form = (fields: Readonly<Record<string, string>>) => new URLSearchParams(fields).toString();
const refusal = (request: SentRequest) => {
  try {
    readAlternate(request);
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  return undefined;
};

describe('a request in the alternate syntax', () => {
  it('is none without the parameter "method"', () => {
    expect(readAlternate(sent('statementId=1', 'content=x'))).toBeUndefined();
    expect(readAlternate(sent('Method=GET', ''))).toBeUndefined();
  });

  it('has its parameters, headers and content in the form', () => {
    const body = form({
      statementId: 'a+b c',
      'If-Match': '"x"',
      authorization: 'Basic YTpi',
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': '3',
      content: '{"a":"ü&="}',
    });
    expect(readAlternate(sent('method=PUT', body))).toEqual({
      method: 'PUT',
      parameters: { statementId: 'a+b c' },
      headers: {
        'x-experience-api-version': '1.0.3',
        'content-type': 'text/plain; charset=utf-8',
        'content-length': '3',
        'if-match': '"x"',
        authorization: 'Basic YTpi',
      },
      body: Buffer.from('{"a":"ü&="}'),
    });
  });

  it('is JSON if it does not say what it is', () => {
    const { headers } = readAlternate(sent('method=PUT', 'content=1')) ?? {};
    expect(headers).toMatchObject({ 'content-type': 'application/json' });
    expect(headers?.['content-length']).toBeUndefined();
  });

  it('says its version in the form before the header', () => {
    const body = form({ 'X-Experience-API-Version': '0.8', content: '1' });
    const { headers } = readAlternate(sent('method=PUT', body)) ?? {};
    expect(headers?.['x-experience-api-version']).toBe('0.8');
  });

  it.each(['GET', 'HEAD', 'DELETE'])('has no content in a %s', (method) => {
    expect(readAlternate(sent(`method=${method}`, 'limit=1&&since='))).toMatchObject({
      method,
      parameters: { limit: '1', since: '' },
      body: Buffer.alloc(0),
    });
    expect(refusal(sent(`method=${method}`, 'content=x'))?.code).toBe('invalid-input');
  });

  it('brings bytes that are no text as they are', () => {
    const { body } = readAlternate(sent('method=PUT', 'content=%FF%00a+b')) ?? {};
    expect(body).toEqual(Buffer.from([0xff, 0, 0x61, 0x20, 0x62]));
  });

  it.each<[string, SentRequest]>([
    ['of another method', sent('method=POST', 'content=1', { method: 'PUT' })],
    ['for no method', sent('method=PATCH', 'content=1')],
    ['for a method in lower case', sent('method=put', 'content=1')],
    ['with more in the address', sent('method=PUT&statementId=x', 'content=1')],
    ['with two methods', sent('method=PUT&method=GET', 'content=1')],
    ['without content', sent('method=PUT', 'statementId=x')],
    ['with empty content', sent('method=PUT', 'content=')],
    ['with content in capitals', sent('method=PUT', 'Content=1')],
    ['without a form', sent('method=PUT', '')],
    ['with JSON as a form', sent('method=PUT', '{"content":"1"}')],
    [
      'with another type',
      sent('method=PUT', 'content=1', { headers: { 'content-type': 'application/json' } }),
    ],
    ['without type', sent('method=PUT', 'content=1', { headers: {} })],
    ['with a field twice', sent('method=PUT', 'content=1&content=2')],
    ['with a header twice', sent('method=PUT', 'content=1&If-Match=a&if-match=b')],
    ['with half a character', sent('method=GET', 'verb=%FF')],
    ['with half a character as a name', sent('method=GET', '%FF=1')],
    [
      'with too many fields',
      sent('method=GET', Array.from({ length: FORM_FIELDS_MAX + 1 }, (_, n) => `a${n}=`).join('&')),
    ],
    [
      'of 2.0',
      sent('method=GET', '', {
        headers: { 'content-type': FORM, 'x-experience-api-version': '2.0.0' },
      }),
    ],
    ['of 2.0 by its form', sent('method=GET', 'X-Experience-API-Version=2.0.0')],
  ])('is refused %s', (_, request) => {
    expect(refusal(request)?.code).toBe('invalid-input');
  });

  it('takes what is no encoding as it stands', () => {
    const body = 'statementId=%4a%4Z%%3d%&content=%c3%a4';
    expect(readAlternate(sent('method=PUT', body))).toMatchObject({
      parameters: { statementId: 'J%4Z%=%' },
      body: Buffer.from('ä'),
    });
  });

  it('costs little, as its key is in it', () => {
    const body = Buffer.alloc(3_000_000, '%41');
    const request = sent('method=PUT', Buffer.concat([Buffer.from('content='), body]));
    const spent = processorTime(() => expect(readAlternate(request)?.body).toHaveLength(1_000_000));
    // So much may come without a key.
    expect(spent).toBeLessThan(1_000);
  });
});
