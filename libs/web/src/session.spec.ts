import { describe, expect, test } from '@jest/globals';
import { PublicUrl } from '#kernel';
import { refuseForeignForm, sessionToken } from './session.js';

describe('the session cookie', () => {
  test.each([
    ['session=abc', 'abc'],
    ['theme=dark; session=a.b-c_d', 'a.b-c_d'],
    ['session=', undefined],
    ['xsession=abc', undefined],
    ['mysession=abc; other=session=abc', undefined],
    [undefined, undefined],
  ])('%j holds %j', (header, token) => {
    expect(sessionToken(header)).toBe(token);
  });
});

describe('a form', () => {
  const publicUrl = new PublicUrl('https://ledger.example');
  const host = 'inner:3000';

  test.each([
    { 'sec-fetch-site': 'same-origin' },
    { origin: 'https://ledger.example' },
    { origin: 'http://inner:3000' },
  ])('from our own page is let in: %j', (headers) => {
    expect(() => refuseForeignForm({ host, ...headers }, publicUrl)).not.toThrow();
  });

  test.each([
    {},
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': 'cross-site', origin: 'https://ledger.example' },
    { origin: 'null' },
    { origin: 'https://ledger.example.evil.example' },
    { origin: 'https://ledger.example:8443' },
    { origin: 'http://ledger.example' },
    { referer: 'https://ledger.example/check' },
  ])('from elsewhere is refused: %j', (headers) => {
    expect(() => refuseForeignForm({ host, ...headers }, publicUrl)).toThrow('not-allowed');
  });
});
