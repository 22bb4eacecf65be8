import { describe, expect, it } from '@jest/globals';
import { Client } from '#contracts';

describe('the keys of a client', () => {
  const registration = {
    id: 'uni',
    name: 'Uni',
    type: 'university',
    country: 'ES',
    homePage: 'https://uni.example',
    sources: [],
    learningContext: 'formal',
    highestAssurance: 'assessed',
  };
  const ed25519 = { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), kid: 'k' };
  const isValid = (...keys: readonly object[]) =>
    Client.safeParse({ ...registration, jwks: { keys } }).success;

  it('are public ones, of the kinds we check', () => {
    expect(isValid(ed25519)).toBe(true);
    expect(isValid({ kty: 'EC', crv: 'P-256', x: 'A', y: 'B', kid: 'k' })).toBe(true);
    expect(isValid({ kty: 'RSA', n: 'A'.repeat(342), e: 'AQAB', kid: 'k' })).toBe(true);
  });

  it.each<[string, readonly object[]]>([
    ['none', []],
    ['private', [{ ...ed25519, d: 'A'.repeat(43) }]],
    ['a secret', [{ kty: 'oct', k: 'AAAA', kid: 'k' }]],
    ['nameless', [{ ...ed25519, kid: undefined }]],
    ['a short RSA key', [{ kty: 'RSA', n: 'A'.repeat(171), e: 'AQAB', kid: 'k' }]],
    ['on another curve', [{ kty: 'EC', crv: 'secp256k1', x: 'A', y: 'B', kid: 'k' }]],
    ['to encrypt with', [{ ...ed25519, use: 'enc' }]],
    ['too many', Array.from({ length: 6 }, (_, n) => ({ ...ed25519, kid: `k${n}` }))],
  ])('are not %s', (_, keys) => {
    expect(isValid(...keys)).toBe(false);
  });
});
