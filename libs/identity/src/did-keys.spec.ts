import { describe, expect, it } from '@jest/globals';
import { exportJWK } from 'jose';
import { DomainError } from '#kernel';
import { keyOfDid } from './did-keys.js';
import { didJwkOf, didKeyOf, newDidJwk, newDidKey } from './testing/did.js';

const codeOf = (did: string): string => {
  try {
    keyOfDid(did);
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
  return 'nothing was thrown';
};
const bytes = (length: number, first = 2): Buffer =>
  Buffer.concat([Buffer.from([first]), Buffer.alloc(length - 1, 7)]);

describe('the key of a DID', () => {
  it.each([
    // From the documents of the methods: did:key v0.9 "Test Vectors", did:jwk "Examples".
    [
      'did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp',
      { kty: 'OKP', crv: 'Ed25519', x: 'O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik' },
    ],
    ['did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169', { kty: 'EC', crv: 'P-256' }],
    [
      'did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6OTFQSDZDZEgyVjAiLCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9',
      {
        kty: 'EC',
        crv: 'P-256',
        x: 'acbIQiuMs3i8_uszEjJ2tpTtRM4EU3yz91PH6CdH2V0',
        y: '_KcyLj9vWMptnmKtm46GqDz8wf74I5LKgrl2GzH3nSE',
      },
    ],
  ])('is what %s says', (did, jwk) => {
    expect(keyOfDid(did).key.export({ format: 'jwk' })).toMatchObject(jwk);
  });

  it.each(['EdDSA', 'ES256'] as const)('is the one it was made of: %s', async (alg) => {
    for (const make of [newDidKey, newDidJwk]) {
      const { did, kid, privateKey } = await make(alg);
      const { d: _, ...expected } = await exportJWK(privateKey);
      const { id, key, algorithms } = keyOfDid(did);
      expect(key.export({ format: 'jwk' })).toEqual(expected);
      expect([id, algorithms.includes(alg)]).toEqual([kid, true]);
    }
  });

  it('of did:jwk may say that it is for signatures', async () => {
    const { did } = await newDidJwk('EdDSA', { use: 'sig', alg: 'EdDSA', kid: 'x' });
    expect(keyOfDid(did).id).toBe(`${did}#0`);
  });

  it.each<[string, string, string]>([
    ['of a site', 'did:web:evil.example', 'did-method-unsupported'],
    ['of a chain', 'did:ethr:0xb9c5714089478a327f09197987f16f9e5d936e8a', 'did-method-unsupported'],
    ['of an unknown method', 'did:example:123', 'did-method-unsupported'],
    ['of secp256k1', didKeyOf([0xe7, 0x01], bytes(33)), 'did-method-unsupported'],
    ['for agreement alone (X25519)', didKeyOf([0xec, 0x01], bytes(32)), 'did-method-unsupported'],
    ['that is too short', didKeyOf([0xed, 0x01], bytes(31)), 'did-method-unsupported'],
    ['that is too long', didKeyOf([0xed, 0x01], bytes(33)), 'did-method-unsupported'],
    ['not on its curve', didKeyOf([0x80, 0x24], bytes(33)), 'did-proof-invalid'],
    [
      'with a zero before',
      'did:key:z16MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp',
      'did-method-unsupported',
    ],
    ['in another base', 'did:key:uBase64', 'did-method-unsupported'],
    ['of a letter that is none', `did:key:z6Mk${'0'.repeat(44)}`, 'did-method-unsupported'],
    ['without end', `did:key:z${'6'.repeat(2000)}`, 'did-method-unsupported'],
    ['of RSA', didJwkOf({ kty: 'RSA', n: 'AQAB', e: 'AQAB' }), 'did-method-unsupported'],
    ['that is a secret', didJwkOf({ kty: 'oct', k: 'AQAB' }), 'did-method-unsupported'],
    [
      'for encryption',
      didJwkOf({ kty: 'OKP', crv: 'Ed25519', x: 'AQ', use: 'enc' }),
      'did-method-unsupported',
    ],
    [
      'that gives itself away',
      didJwkOf({ kty: 'OKP', crv: 'Ed25519', x: 'AQ', d: 'AQ' }),
      'did-method-unsupported',
    ],
    ['that is no point', didJwkOf({ kty: 'OKP', crv: 'Ed25519', x: 'AQ' }), 'did-proof-invalid'],
    ['off its curve', didJwkOf({ kty: 'EC', crv: 'P-256', x: 'AQ', y: 'AQ' }), 'did-proof-invalid'],
    ['that is no JSON', 'did:jwk:eyJ', 'did-method-unsupported'],
    ['that is a list', didJwkOf([]), 'did-method-unsupported'],
    ['of nothing', 'did:jwk:', 'did-method-unsupported'],
    ['that is no DID', 'https://wallet.example/key', 'did-proof-invalid'],
    [
      'in capitals',
      'DID:KEY:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp',
      'did-proof-invalid',
    ],
  ])('is not found: %s', (_, did, code) => {
    expect(codeOf(did)).toBe(code);
  });
});
