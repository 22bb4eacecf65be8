import type { AchievementCredentialParts } from '../achievement-credential.js';
import type { ResolveController } from '../controller-document.js';
import { didDocument } from '../controller-document.js';
import { ed25519Signer, generateIssuerKey } from '../issuer-key.js';

export const ISSUER_DID = 'did:web:ledger.example:issuers:aurora';
export const NOW = new Date('2026-06-12T10:00:00Z');

export const parts: AchievementCredentialParts = {
  id: 'https://ledger.example/v1/credentials/crd_a',
  issuer: { id: ISSUER_DID, name: 'Aurora Open University', url: 'https://aurora.example' },
  subjectId: 'urn:uuid:3a185b8a-078c-4646-8343-76a45856856a',
  validFrom: NOW,
  validUntil: new Date('2031-06-12T10:00:00Z'),
  awardedAt: new Date('2026-06-11T08:00:00Z'),
  achievement: {
    id: 'https://ledger.example/v1/achievements/community-nursing',
    type: 'Course',
    name: 'Community Nursing, module 1',
    description: 'Care at home.',
    criteria: 'Pass the final examination with 60 % or more.',
    version: '2',
    language: 'en',
    credit: { system: 'ECTS', value: 4.5 },
    eqfLevel: 5,
    iscedF: '0913',
    workloadHours: 112.5,
    learningOutcomes: ['Plans care at home', 'Notices early that somebody is getting worse'],
  },
  status: { listUrl: 'https://ledger.example/status-lists/aurora.1', index: 94_567 },
};

/** An issuer with one key, and how to resolve it. */
export const newIssuer = async (did = ISSUER_DID, keyId = 'key-1') => {
  const { publicKeyMultibase, privateKey } = await generateIssuerKey();
  const document = didDocument({ did, keys: [{ keyId, publicKeyMultibase }] });
  const resolveController: ResolveController = async (id) =>
    id === did ? { state: 'found', document } : { state: 'unresolvable' };
  return {
    publicKeyMultibase,
    document,
    resolveController,
    signer: ed25519Signer({ id: `${did}#${keyId}`, privateKey }),
  };
};
