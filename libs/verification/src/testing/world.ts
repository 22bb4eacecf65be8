import { PublicUrl } from '#kernel';
import { type EntryKind, type Fact, type Message, topicOf } from '#contracts';
import {
  buildAchievementCredential,
  type Credential,
  ed25519Signer,
  generateIssuerKey,
  sha256OfJson,
  signCredential,
} from '#vc';

export const NOW = '2026-06-12T10:00:00Z';
export const publicUrl = new PublicUrl('https://ledger.example');
export const alias = `urn:lrn:${'a'.repeat(32)}`;

export type Issuer = Awaited<ReturnType<typeof issuerOf>>;

export const issuerOf = async (did: string, keyId?: string) => {
  const { publicKeyMultibase, privateKey } = await generateIssuerKey();
  const id = `${did}#${keyId ?? publicKeyMultibase}`;
  return { did, publicKeyMultibase, signer: ed25519Signer({ id, privateKey }) };
};
export const didKeyIssuer = async () => {
  const { publicKeyMultibase, privateKey } = await generateIssuerKey();
  const did = `did:key:${publicKeyMultibase}`;
  return {
    did,
    publicKeyMultibase,
    signer: ed25519Signer({ id: `${did}#${publicKeyMultibase}`, privateKey }),
  };
};

export const issue = (
  issuer: Issuer,
  change: Partial<Parameters<typeof buildAchievementCredential>[0]> = {},
  listUrl = 'https://ledger.example/status-lists/aurora.1',
) =>
  signCredential({
    credential: buildAchievementCredential({
      id: 'https://ledger.example/v1/credentials/crd_a',
      issuer: { id: issuer.did, name: 'Aurora, it says', url: 'https://aurora.example' },
      subjectId: 'urn:uuid:3a185b8a-078c-4646-8343-76a45856856a',
      validFrom: new Date('2026-06-01T00:00:00Z'),
      awardedAt: new Date('2026-06-01T00:00:00Z'),
      achievement: {
        id: 'https://ledger.example/v1/achievements/a',
        type: 'Course',
        name: 'Community Nursing',
        description: 'Care at home.',
        criteria: 'Pass.',
        credit: { system: 'ECTS', value: 6 },
        eqfLevel: 5,
      },
      status: { listUrl, index: 5 },
      ...change,
    }),
    signer: issuer.signer,
    created: new Date('2026-06-01T00:00:00Z'),
  });

let seq = 0;
const message = <Kind extends EntryKind>(kind: Kind, data: Fact<Kind>['data']): Message => ({
  log: 'issuer',
  seq: (seq += 1),
  id: `evt_${seq}`,
  kind,
  topic: topicOf[kind],
  time: NOW,
  recordedAt: NOW,
  alias,
  data,
});
export const keyCreated = (own: Issuer) =>
  message('issuer-key-created', {
    issuer: 'aurora',
    did: own.did,
    keyId: 'key-1',
    publicKeyMultibase: own.publicKeyMultibase,
  });
export const registered = () =>
  message('client-registered', {
    client: {
      id: 'aurora',
      name: 'Aurora Open University',
      type: 'university',
      country: 'ES',
      homePage: 'https://aurora.example',
      sources: [],
      learningContext: 'formal',
      highestAssurance: 'assessed',
      recognises: false,
    },
    basicKeySha256: 'x',
    secretSha256: 'y',
  });
export const issued = (credential: Credential, change = {}) =>
  message('credential-issued', {
    credentialId: 'crd_a',
    issuer: 'aurora',
    statusListId: 'aurora.1',
    statusListIndex: 5,
    digest: sha256OfJson(credential),
    purpose: 'achievement',
    basis: 'ach_a',
    ...change,
  });
export const revoked = (change = {}) =>
  message('credential-revoked', {
    credentialId: 'crd_a',
    issuer: 'aurora',
    statusListId: 'aurora.1',
    statusListIndex: 5,
    reason: 'Wrong examination',
    revokedAt: '2026-06-10T10:00:00Z',
    ...change,
  });
export const erased = () => message('learner-erased', { person: 'per_a', aliases: [alias] });
