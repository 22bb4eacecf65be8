import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import {
  buildStatusListCredential,
  encodeStatusList,
  readStatus,
  STATUS_LIST_LENGTH,
} from './status-list.js';
import { ISSUER_DID, newIssuer, NOW } from './testing/samples.js';
import { verifyCredential } from './verify-credential.js';

describe('a status list', () => {
  it('has at least 131,072 entries, the first in the highest bit', async () => {
    const encoded = await encodeStatusList([0, 9]);
    const bits = gunzipSync(Buffer.from(encoded.slice(1), 'base64url'));
    expect(encoded.startsWith('u')).toBe(true);
    expect(bits.length * 8).toBe(STATUS_LIST_LENGTH);
    expect([bits[0], bits[1], bits[2]]).toEqual([0b1000_0000, 0b0100_0000, 0]);
  });

  it('tells what is set from what is not', async () => {
    const encoded = await encodeStatusList([7, STATUS_LIST_LENGTH - 1]);
    expect(await Promise.all([6, 7, 8, 131_071].map((n) => readStatus(encoded, n)))).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  it.each([-1, 1.5, STATUS_LIST_LENGTH, Number.NaN])('has no entry %p', async (index) => {
    await expect(encodeStatusList([index])).rejects.toMatchObject({ code: 'credential-malformed' });
  });

  it('refuses to read outside, and what is no list', async () => {
    const encoded = await encodeStatusList([]);
    await expect(readStatus(encoded, STATUS_LIST_LENGTH)).rejects.toThrow();
    await expect(readStatus('zabc', 0)).rejects.toThrow();
  });

  it('is signed, and valid for a day', async () => {
    const { signer, resolveController } = await newIssuer();
    const id = 'https://ledger.example/status-lists/aurora.1';
    const list = await buildStatusListCredential({
      id,
      issuer: ISSUER_DID,
      revoked: [5],
      signer,
      now: NOW,
    });
    expect(list).toMatchObject({
      type: ['VerifiableCredential', 'BitstringStatusListCredential'],
      validUntil: '2026-06-13T10:00:00Z',
      credentialSubject: { type: 'BitstringStatusList', statusPurpose: 'revocation', ttl: 300_000 },
    });
    expect(list.credentialSubject.id).not.toBe(id);
    const findings = await verifyCredential({ credential: list, resolveController, now: NOW });
    expect(findings.integrity.result).toBe('pass');
    expect(findings.signer.result).toBe('pass');
  });
});
