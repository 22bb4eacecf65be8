import { describe, it } from '@jest/globals';
import type { Fact } from '#contracts';
import { given } from '#testing';
import { credential, type CredentialFact } from './credential.js';
import { issuer } from './issuer.js';

const data: Fact<'credential-issued'>['data'] = {
  credentialId: 'crd_a',
  issuer: 'aurora',
  statusListId: 'aurora.1',
  statusListIndex: 5,
  digest: 'd',
  purpose: 'achievement',
  basis: 'ern_a',
};
const issued: CredentialFact = { kind: 'credential-issued', data, personal: { credential: {} } };
const nothing: readonly never[] = [];
const revokedAt = '2026-06-12T10:00:00Z';
const revoked: CredentialFact = {
  kind: 'credential-revoked',
  data: {
    credentialId: 'crd_a',
    issuer: 'aurora',
    statusListId: 'aurora.1',
    statusListIndex: 5,
    reason: 'A mistake',
    revokedAt,
  },
};
const issue = { type: 'issue', issued: { data, personal: { credential: {} } } } as const;
const revoke = { type: 'revoke', issuer: 'aurora', reason: 'A mistake', revokedAt } as const;
const withdraw = { type: 'withdraw', reason: 'A mistake', revokedAt } as const;

describe('a credential', () => {
  it('is issued', () => given(credential).when(issue).then(issued));
  it('is issued once', () =>
    given(credential, issued)
      .when(issue)
      .then(...nothing));
  it('is not issued anew after it was revoked', () =>
    given(credential, issued, revoked)
      .when(issue)
      .then(...nothing));
  it('is issued once, whatever is in the second', () =>
    given(credential, issued)
      .when({
        type: 'issue',
        issued: { data: { ...data, digest: 'e' }, personal: { credential: {} } },
      })
      .then(...nothing));

  it('is revoked by its issuer', () => given(credential, issued).when(revoke).then(revoked));
  it('cannot be revoked if there is none', () =>
    given(credential).when(revoke).thenThrows('credential-unknown'));
  it('cannot be revoked by another', () =>
    given(credential, issued)
      .when({ ...revoke, issuer: 'coral' })
      .thenThrows('credential-unknown'));
  it('cannot be revoked by another, who does not learn that it was', () =>
    given(credential, issued, revoked)
      .when({ ...revoke, issuer: 'coral' })
      .thenThrows('credential-unknown'));
  it('cannot be revoked twice', () =>
    given(credential, issued, revoked).when(revoke).thenThrows('already-revoked'));

  it('is withdrawn with what it certified', () =>
    given(credential, issued).when(withdraw).then(revoked));
  it('is withdrawn once', () =>
    given(credential, issued, revoked)
      .when(withdraw)
      .then(...nothing));
  it('is not withdrawn if there is none', () =>
    given(credential)
      .when(withdraw)
      .then(...nothing));
});

describe('an issuer', () => {
  const key = { issuer: 'aurora', did: 'did:web:a', keyId: 'key-1', publicKeyMultibase: 'z6Mk' };
  const created = { kind: 'issuer-key-created', data: key } as const;
  it('gets a key', () => given(issuer).when(key).then(created));
  it('gets each key once', () =>
    given(issuer, created)
      .when(key)
      .then(...nothing));
  it('gets another key beside it', () =>
    given(issuer, created)
      .when({ ...key, keyId: 'key-2' })
      .then({ kind: 'issuer-key-created', data: { ...key, keyId: 'key-2' } }));
});
