import { expect } from '@jest/globals';
import { CompactSign, exportJWK, generateKeyPair } from 'jose';
import { type Credential, ed25519Signer, generateIssuerKey, signCredential } from '#vc';
import { format } from '../formats/open-badges/index.js';
import type { Item } from '../formats/format.js';
import type { Published, ReadPublished } from '../published-documents.js';
import { eventIssues, itemsOf as itemsOfFormat, reading } from './formats.js';

export const V2 = 'https://www.w3.org/ns/credentials/v2';
const OB3 = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json';
const CLR = 'https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json';
export const HOLDER = 'did:example:ebfeb1f712ebc6f1c276e12ec21';
export const WEB = 'https://college.example/issuers/1';

/** An issuer whose address is its key, and how it signs under any name. */
export const newIssuer = async () => {
  const { publicKeyMultibase: key, privateKey } = await generateIssuerKey();
  const id = `did:key:${key}`;
  const sign = (credential: Credential, as = id): Promise<Credential> =>
    signCredential({
      credential,
      signer: ed25519Signer({ id: `${as}#${key}`, privateKey }),
      created: new Date('2025-06-01T00:00:00Z'),
    });
  return { id, sign };
};
/** Signs JWTs that bring its key, unless the header says otherwise. */
export const newJwtIssuer = async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = await exportJWK(publicKey);
  return (payload: object, header: object = {}): Promise<string> =>
    new CompactSign(Buffer.from(JSON.stringify(payload)))
      .setProtectedHeader({ alg: 'ES256', jwk, ...header })
      .sign(privateKey);
};
/** Who issues the samples. */
export const issuer = await newIssuer();

/** An Open Badge, each part of which can be said otherwise; not signed. */
export const badge = (
  part: object = {},
  subject: object = {},
  achievement: object = {},
): Credential => ({
  '@context': [V2, OB3],
  id: 'https://college.example/credentials/3527',
  type: ['VerifiableCredential', 'OpenBadgeCredential'],
  issuer: { id: issuer.id, type: ['Profile'], name: 'Some College' },
  validFrom: '2025-06-01T00:00:00Z',
  name: 'Teamwork',
  credentialSubject: {
    id: HOLDER,
    type: ['AchievementSubject'],
    achievement: {
      id: 'https://college.example/achievements/teamwork',
      type: ['Achievement'],
      achievementType: 'Course',
      name: 'Teamwork',
      description: 'Works in a team.',
      criteria: { narrative: 'Was seen in one.' },
      ...achievement,
    },
    ...subject,
  },
  ...part,
});
/** A record of the learner that holds credentials; not signed. */
export const clr = (inside: readonly unknown[], subject: object = {}): Credential => ({
  '@context': [V2, CLR, OB3],
  id: 'https://college.example/records/1',
  type: ['VerifiableCredential', 'ClrCredential'],
  issuer: { id: issuer.id, type: ['Profile'], name: 'Some College' },
  validFrom: '2025-06-01T00:00:00Z',
  name: 'Record',
  credentialSubject: { id: HOLDER, type: ['ClrSubject'], verifiableCredential: inside, ...subject },
});

/** By its address what is published there, or why nothing is; elsewhere nothing is. */
export type Documents = Readonly<Record<string, object | string | undefined>>;
const STATES: ReadonlySet<unknown> = new Set(['missing', 'withdrawn', 'unreachable', 'off']);
const isState = (said: unknown): said is Exclude<Published['state'], 'found'> => STATES.has(said);

/** A reader of these documents, and which addresses were asked. */
export const publishing = (documents: Documents): { read: ReadPublished; asked: string[] } => {
  const asked: string[] = [];
  const read: ReadPublished = (address) => {
    asked.push(address);
    const said = documents[address] ?? 'missing';
    return Promise.resolve(isState(said) ? { state: said } : { state: 'found', document: said });
  };
  return { read, asked };
};

/**
 * What is made of a body where nobody answers, unless it is said what is published; each event among it
 * is a canonical one.
 */
export const itemsOf = async (body: unknown, documents?: Documents): Promise<readonly Item[]> => {
  const { readPublished } = reading;
  const read = documents ? publishing(documents).read : readPublished;
  const items = await itemsOfFormat(format, body, { ...reading, readPublished: read });
  for (const item of items) expect(eventIssues(item)).toEqual([]);
  return items;
};
/** An item that is refused, and why. */
export const refused = (detail: RegExp, pointer: unknown = expect.any(String)) => ({
  is: 'refused',
  issues: [{ pointer, detail: expect.stringMatching(detail) }],
});
