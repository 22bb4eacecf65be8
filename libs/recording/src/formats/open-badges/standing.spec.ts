import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import {
  buildStatusListCredential,
  type Credential,
  ed25519Signer,
  generateIssuerKey,
  STATUS_LIST_LENGTH,
} from '#vc';
import {
  badge,
  clr,
  type Documents,
  itemsOf,
  newIssuer,
  newJwtIssuer,
  publishing,
  refused,
  issuer,
  V2,
} from '../../testing/badges.js';
import { reading } from '../../testing/formats.js';
import { format } from './index.js';

const OB3 = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json';
const EXTENSIONS = 'https://purl.imsglobal.org/spec/ob/v3p0/extensions.json';
const LIST = 'https://college.example/revocations';
const BITS = 'https://college.example/status/3';
const ID = 'https://college.example/credentials/3527';

const STANDS = /has not withdrawn it so far/u;
const UNKNOWN = /could not be found out/u;
const UNSAID = /does not say where/u;
const WITHDRAWN = /^Its issuer has withdrawn it\.$/u;
const LATER = /withdrawn badges of its issuer does not answer just now.*later/u;
const NOTHING = /Nothing of that kind is published at the address of the withdrawn badges/u;
const evidence = (note: RegExp) => ({
  is: 'event',
  note: expect.stringMatching(note),
  report: { data: { assurance: { level: 'self-asserted' } } },
});

const listed = { id: LIST, type: '1EdTechRevocationList' };
const bit = (part: object = {}) => ({
  id: `${BITS}#94567`,
  type: 'BitstringStatusListEntry',
  statusPurpose: 'revocation',
  statusListIndex: '94567',
  statusListCredential: BITS,
  ...part,
});
/** A badge that says where its issuer publishes whether it stands, signed. */
const withStatus = (credentialStatus: unknown, part: object = {}): Promise<Credential> =>
  issuer.sign(badge({ '@context': [V2, OB3, EXTENSIONS], credentialStatus, ...part }));

const encoded = (revoked: readonly number[], length = STATUS_LIST_LENGTH): string => {
  const bytes = Buffer.alloc(length / 8);
  for (const index of revoked)
    bytes[index >>> 3] = (bytes[index >>> 3] ?? 0) | (0x80 >>> (index & 7));
  return `u${gzipSync(bytes).toString('base64url')}`;
};
/** A list with bits, not signed. */
const bits = (revoked: readonly number[], subject: object = {}, part: object = {}): Credential => ({
  '@context': [V2],
  id: BITS,
  type: ['VerifiableCredential', 'BitstringStatusListCredential'],
  issuer: issuer.id,
  validFrom: '2025-06-01T00:00:00Z',
  credentialSubject: {
    id: `${BITS}#list`,
    type: 'BitstringStatusList',
    statusPurpose: 'revocation',
    encodedList: encoded(revoked),
    ...subject,
  },
  ...part,
});

describe('a credential on a list of what was withdrawn (1EdTech)', () => {
  const revoking = (...revokedCredentials: readonly object[]): Documents => ({
    [LIST]: { id: LIST, issuer: issuer.id, revokedCredentials },
  });

  it.each<[string, Documents, RegExp]>([
    ['where none is', revoking(), STANDS],
    ['where others are', revoking({ id: `${ID}1` }, { id: 'urn:x:1', revoked: true }), STANDS],
    ['where it is told that it is not', revoking({ id: ID, revoked: false }), STANDS],
    [
      'that is long',
      revoking(...Array.from({ length: 3_000 }, (_, n) => ({ id: `urn:x:${n}` }))),
      STANDS,
    ],
    ['that is not there', {}, UNKNOWN],
    ['that was taken away', { [LIST]: 'withdrawn' }, UNKNOWN],
    ['where nobody is asked', { [LIST]: 'off' }, UNKNOWN],
  ])('%s is evidence, and it is said what is known', async (_, documents, note) => {
    expect(await itemsOf(await withStatus(listed), documents)).toMatchObject([evidence(note)]);
  });

  it.each<[string, Documents, RegExp]>([
    ['names it', revoking({ id: 'urn:x:1' }, { id: ID }), WITHDRAWN],
    ['says so', revoking({ id: ID, revoked: true, revocationReason: 'In error.' }), WITHDRAWN],
    ['says both', revoking({ id: ID, revoked: false }, { id: ID }), WITHDRAWN],
    ['does not answer', { [LIST]: 'unreachable' }, LATER],
    ['has no list', { [LIST]: { id: LIST } }, NOTHING],
    ['has one of something else', revoking({ credential: ID }), NOTHING],
    ['is a text', { [LIST]: 'nothing was withdrawn' }, NOTHING],
  ])('is refused where that %s', async (_, documents, detail) => {
    expect(await itemsOf(await withStatus(listed), documents)).toMatchObject([refused(detail)]);
  });

  it('is none of those of version 2 that bring their key: nobody is asked', async () => {
    const jws = await newJwtIssuer();
    const assertion = {
      '@context': 'https://w3id.org/openbadges/v2',
      id: 'urn:uuid:7f3c7a1e-0d0e-4a87-9f9a-6d0f0f7a1c55',
      type: 'Assertion',
      recipient: { type: 'email', hashed: false, identity: 'amina@uni.example' },
      issuedOn: '2020-06-01T00:00:00Z',
      verification: { type: 'signed' },
      badge: { name: 'Teamwork', issuer: 'https://college.example/issuer' },
    };
    expect(await itemsOf(await jws(assertion))).toMatchObject([evidence(UNKNOWN)]);
  });
});

describe('a credential with a bit in a list (Bitstring Status List)', () => {
  it('is evidence where that is clear, and refused where it is set', async () => {
    const signed = await withStatus(bit());
    expect(await itemsOf(signed, { [BITS]: await issuer.sign(bits([94_566])) })).toMatchObject([
      evidence(STANDS),
    ]);
    expect(await itemsOf(signed, { [BITS]: await issuer.sign(bits([94_567])) })).toMatchObject([
      refused(WITHDRAWN),
    ]);
  });

  it('is read from a list as this ledger publishes them', async () => {
    const { publicKeyMultibase: key, privateKey } = await generateIssuerKey();
    const did = `did:key:${key}`;
    const signer = ed25519Signer({ id: `${did}#${key}`, privateKey });
    const list = (revoked: readonly number[]) =>
      buildStatusListCredential({ id: BITS, issuer: did, revoked, signer, now: reading.now });
    const entry = bit({ statusListIndex: 94_567 });
    expect(await itemsOf(await withStatus(entry), { [BITS]: await list([94_567]) })).toMatchObject([
      refused(WITHDRAWN),
    ]);
  });

  it('may be suspended', async () => {
    const subject = { statusPurpose: 'suspension' };
    const documents = { [BITS]: await issuer.sign(bits([94_567], subject)) };
    expect(await itemsOf(await withStatus(bit(subject)), documents)).toMatchObject([
      refused(/^Its issuer has suspended it\.$/u),
    ]);
  });

  it('is withdrawn by whomever its issuer names, but kept alive by nobody else', async () => {
    const other = await newIssuer();
    const signed = await withStatus(bit());
    const list = (revoked: readonly number[]) =>
      other.sign(bits(revoked, {}, { issuer: other.id }));
    expect(await itemsOf(signed, { [BITS]: await list([94_567]) })).toMatchObject([
      refused(WITHDRAWN),
    ]);
    expect(await itemsOf(signed, { [BITS]: await list([]) })).toMatchObject([evidence(UNKNOWN)]);
  });

  it('is read from a list that is a JWT, by the key that signed both', async () => {
    const jws = await newJwtIssuer();
    const signed = await jws(badge({ credentialStatus: bit() }));
    expect(await itemsOf(signed, { [BITS]: await jws(bits([])) })).toMatchObject([
      evidence(STANDS),
    ]);
    expect(await itemsOf(signed, { [BITS]: await jws(bits([94_567])) })).toMatchObject([
      refused(WITHDRAWN),
    ]);
  });

  const padding = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`x${n}`, n]));
  it.each<[string, () => Promise<object> | object, RegExp]>([
    ['is not signed', () => bits([]), /cannot be checked.*not signed/u],
    [
      'was changed',
      async () => ({
        ...(await issuer.sign(bits([94_567]))),
        credentialSubject: bits([])['credentialSubject'],
      }),
      /cannot be checked.*changed/u,
    ],
    [
      'has run out',
      () => issuer.sign(bits([], {}, { validUntil: '2025-07-01T00:00:00Z' })),
      /run out.*later/u,
    ],
    [
      'has not begun',
      () => issuer.sign(bits([], {}, { validFrom: '2999-01-01T00:00:00Z' })),
      /run out.*later/u,
    ],
    [
      'is for another purpose',
      () => issuer.sign(bits([], { statusPurpose: 'suspension' })),
      NOTHING,
    ],
    ['is no list', () => issuer.sign(badge()), NOTHING],
    ['has no bits', () => issuer.sign(bits([], { encodedList: 'u' })), NOTHING],
    ['has bits that are none', () => issuer.sign(bits([], { encodedList: 'uAAAA' })), NOTHING],
    [
      'is shorter than a list may be',
      () => issuer.sign(bits([], { encodedList: encoded([], 98_304) })),
      NOTHING,
    ],
    [
      'would fill all memory',
      () => issuer.sign(bits([], { encodedList: encoded([], 2 ** 29) })),
      NOTHING,
    ],
    ['is built to be slow', () => ({ ...bits([]), ...padding }), NOTHING],
    ['is a list of lists', () => [bits([])], NOTHING],
  ])('is refused where that %s', async (_, list, detail) => {
    expect(await itemsOf(await withStatus(bit()), { [BITS]: await list() })).toMatchObject([
      refused(detail),
    ]);
  });

  it('is refused where the list does not answer, or has no such bit', async () => {
    expect(await itemsOf(await withStatus(bit()), { [BITS]: 'unreachable' })).toMatchObject([
      refused(LATER),
    ]);
    const beyond = await withStatus(bit({ statusListIndex: '131072' }));
    expect(await itemsOf(beyond, { [BITS]: await issuer.sign(bits([])) })).toMatchObject([
      refused(NOTHING),
    ]);
  });
});

describe('what a credential says of where it can be withdrawn', () => {
  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, UNSAID],
    ['nothing that would take it back', bit({ statusPurpose: 'refresh' }), UNSAID],
    ['a kind that is not read here', { ...listed, type: 'StatusList2021Entry' }, UNKNOWN],
    ['an address that is not asked', { ...listed, id: 'http://college.example/r' }, UNKNOWN],
    ['an address that is none', { ...listed, id: 'revocations' }, UNKNOWN],
    ['a bit that is none', bit({ statusListIndex: '-1' }), UNKNOWN],
    ['more than a bit', bit({ statusSize: 2 }), UNKNOWN],
  ])('may be %s: nobody is asked, and it says so', async (_, status, note) => {
    // As a JWT: these words have no meaning in JSON-LD.
    const jws = await (await newJwtIssuer())(badge({ credentialStatus: status }));
    const { read, asked } = publishing({});
    const items = await format.read(format.parse?.(jws), { ...reading, readPublished: read });
    expect(items).toMatchObject([evidence(note)]);
    expect(asked).toEqual([]);
  });

  it('may be two places, and the worse one counts', async () => {
    const clear = { [LIST]: { revokedCredentials: [] } };
    const both = await withStatus([listed, bit()]);
    const list = (revoked: readonly number[]) => issuer.sign(bits(revoked));
    expect(await itemsOf(both, { ...clear, [BITS]: await list([]) })).toMatchObject([
      evidence(STANDS),
    ]);
    expect(await itemsOf(both, { ...clear, [BITS]: await list([94_567]) })).toMatchObject([
      refused(WITHDRAWN),
    ]);
    expect(await itemsOf(both, clear)).toMatchObject([evidence(UNKNOWN)]);
    expect(await itemsOf(await withStatus([listed, bit(), bit()]), clear)).toMatchObject([
      refused(/more than 2 places/u),
    ]);
  });

  it('is asked of a CLR too, and of each credential in it', async () => {
    const inside = await withStatus(listed);
    const record = await issuer.sign({
      ...clr([inside]),
      '@context': [...(clr([])['@context'] as string[]), EXTENSIONS],
      credentialStatus: { ...listed, id: `${LIST}/records` },
    });
    const documents = (records: readonly string[], badges: readonly string[]): Documents => ({
      [`${LIST}/records`]: { revokedCredentials: records.map((id) => ({ id })) },
      [LIST]: { revokedCredentials: badges.map((id) => ({ id })) },
    });
    expect(await itemsOf(record, documents([], []))).toMatchObject([evidence(STANDS)]);
    expect(await itemsOf(record, documents([], [ID]))).toMatchObject([refused(WITHDRAWN)]);
    expect(
      await itemsOf(record, documents(['https://college.example/records/1'], [])),
    ).toMatchObject([refused(WITHDRAWN)]);
  });
});
