import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { accessTokenKey, JwtTokens, signAccessToken } from './jwt-tokens.js';

const ISSUER = 'https://ledger.example';
const key = accessTokenKey(Buffer.alloc(32, 1));
const actor = { id: 'uni', role: 'provider', organisation: 'uni' } as const;

/** Tokens that count how often a signature was checked. */
const counted = () => {
  let checks = 0;
  const publicKey = createPublicKey(key);
  const tokens = new JwtTokens((): KeyObject => {
    checks += 1;
    return publicKey;
  }, ISSUER);
  return { tokens, checks: () => checks };
};

afterEach(() => {
  jest.useRealTimers();
});

describe('access tokens', () => {
  it('are checked once a minute, not at each request', async () => {
    const { tokens, checks } = counted();
    const token = await signAccessToken(key, ISSUER, actor);
    expect(await tokens.verify(token)).toEqual(actor);
    expect(await tokens.verify(token)).toEqual(actor);
    expect(checks()).toBe(1);
    jest.useFakeTimers({ now: Date.now() + 60_001 });
    expect(await tokens.verify(token)).toEqual(actor);
    expect(checks()).toBe(2);
  });

  it('are refused from the moment they expire, also if found valid before', async () => {
    const { tokens } = counted();
    const token = await signAccessToken(key, ISSUER, actor, 10);
    await tokens.verify(token);
    jest.useFakeTimers({ now: Date.now() + 11_000 });
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'not-signed-in' });
  });

  it('that are wrong are checked each time, and refused each time', async () => {
    const { tokens, checks } = counted();
    const other = await signAccessToken(accessTokenKey(Buffer.alloc(32, 2)), ISSUER, actor);
    for (const n of [1, 2]) {
      await expect(tokens.verify(other)).rejects.toMatchObject({ code: 'not-signed-in' });
      expect(checks()).toBe(n);
    }
  });

  it.each(['', 'x', 'a.b.c'])('are not %j', async (token) => {
    await expect(counted().tokens.verify(token)).rejects.toMatchObject({ code: 'not-signed-in' });
  });
});
