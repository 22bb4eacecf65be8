import { describe, expect, it } from '@jest/globals';
import { DomainError } from '#kernel';
import {
  CREDENTIAL_BYTES_MAX,
  DEPTH_MAX,
  parseCredential,
  VALUES_MAX,
} from './parse-credential.js';

const codeOf = (input: Parameters<typeof parseCredential>[0]): string => {
  try {
    parseCredential(input);
    return 'nothing';
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
};
const nested = (depth: number) => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;

describe('a credential that is handed in', () => {
  it('is an object, or a text that holds one', () => {
    expect(parseCredential({ a: 1 })).toEqual({ a: 1 });
    expect(parseCredential(' {"a": [1]} ')).toEqual({ a: [1] });
  });

  it('may be as deep and as wide as the limits', () => {
    expect(codeOf(nested(DEPTH_MAX))).toBe('nothing');
    expect(codeOf({ a: Array(VALUES_MAX - 1).fill(0) })).toBe('nothing');
  });

  it.each<[string, string | Record<string, unknown>, string]>([
    ['not JSON', '{"a":', 'malformed-json'],
    ['a JWT', 'eyJhbGciOiJFZERTQSJ9.e30.c2ln', 'malformed-json'],
    ['nothing', '', 'malformed-json'],
    ['a list', '[]', 'invalid-input'],
    ['null', 'null', 'invalid-input'],
    ['a number', '1', 'invalid-input'],
    ['a text', '"a"', 'invalid-input'],
    ['too deep', nested(DEPTH_MAX + 1), 'invalid-input'],
    ['far too deep', nested(100_000), 'invalid-input'],
    ['lists too deep', `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 'invalid-input'],
    ['too wide', { a: Array(VALUES_MAX).fill(0) }, 'invalid-input'],
    ['a text of 5 MB', `{"a":"${'x'.repeat(5 * 1024 * 1024)}"}`, 'too-large'],
    ['an object of 2 MB', { a: 'x'.repeat(2 * 1024 * 1024) }, 'too-large'],
    ['a text of many bytes', `{"a":"${'é'.repeat(CREDENTIAL_BYTES_MAX / 2)}"}`, 'too-large'],
    ['__proto__', '{"a":{"__proto__":{"polluted":true}}}', 'invalid-input'],
    ['constructor', '{"constructor":{"prototype":{"polluted":true}}}', 'invalid-input'],
    ['prototype', '{"a":[{"prototype":1}]}', 'invalid-input'],
  ])('is refused: %s', (_, input, code) => {
    expect(codeOf(input)).toBe(code);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
