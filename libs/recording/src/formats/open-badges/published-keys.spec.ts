import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CompactSign, exportJWK } from 'jose';
import { type Credential, ed25519Signer, generateIssuerKey, signCredential } from '#vc';
import { badge, type Documents, itemsOf, publishing, refused } from '../../testing/badges.js';
import { reading } from '../../testing/formats.js';
import { format } from './index.js';
import { CLAIMED_ISSUER } from './meaning.js';

const DID = 'did:web:college.example:issuers:1';
const DID_AT = 'https://college.example/issuers/1/did.json';
const PAGE = 'https://college.example/issuers/1';
const LATER = /the key that signed it does not answer just now.*later/u;
const NOTHING = /Nothing of that kind is published at the address of the key/u;

const evidenceOf = (assessor: string, data: object = {}) => ({
  is: 'event',
  format: 'open-badges-3.0',
  note: expect.stringMatching(/the key that signed it is published.*nobody here knows the issuer/u),
  report: { data: { assurance: { level: 'self-asserted', assessor, method: 'rpl' }, ...data } },
});

const key = await generateIssuerKey();
const other = await generateIssuerKey();
const signedBy = (method: string, issuer: string): Promise<Credential> =>
  signCredential({
    credential: badge({ issuer: { id: issuer, type: ['Profile'], name: 'Some College' } }),
    signer: ed25519Signer({ id: method, privateKey: key.privateKey }),
    created: new Date('2025-06-01T00:00:00Z'),
  });
const method = (id: string, part: object = {}) => ({
  id: `${id}#key-1`,
  type: 'Multikey',
  controller: id,
  publicKeyMultibase: key.publicKeyMultibase,
  ...part,
});
const controller = (id: string, part: object = {}) => ({
  id,
  verificationMethod: [method(id)],
  assertionMethod: [`${id}#key-1`],
  ...part,
});

describe('a credential whose issuer publishes its key', () => {
  it.each([
    ['a did:web with a path', DID, DID_AT],
    [
      'a did:web of a host',
      'did:web:college.example',
      'https://college.example/.well-known/did.json',
    ],
    [
      'a did:web with a port',
      'did:web:college.example%3A8443:a',
      'https://college.example:8443/a/did.json',
    ],
    ['an https address', PAGE, PAGE],
  ])('as %s is evidence, and that vouches for it', async (_, id, address) => {
    const signed = await signedBy(`${id}#key-1`, id);
    const { read, asked } = publishing({ [address]: controller(id) });
    const items = await format.read(signed, { ...reading, readPublished: read });
    expect(items).toMatchObject([evidenceOf(id)]);
    expect(asked).toEqual([address]);
  });

  it('may have the key where it is used, named by its fragment', async () => {
    const signed = await signedBy(`${DID}#key-1`, DID);
    const inside = { id: DID, assertionMethod: [method(DID, { id: '#key-1' })] };
    expect(await itemsOf(signed, { [DID_AT]: inside })).toMatchObject([evidenceOf(DID)]);
  });

  it.each<[string, Documents, RegExp]>([
    ['does not answer', { [DID_AT]: 'unreachable' }, LATER],
    ['publishes nothing', {}, NOTHING],
    ['has taken it away', { [DID_AT]: 'withdrawn' }, NOTHING],
    ['publishes a document of somebody else', { [DID_AT]: controller(PAGE) }, NOTHING],
    ['publishes a list', { [DID_AT]: [controller(DID)] }, NOTHING],
    [
      'publishes another key',
      {
        [DID_AT]: controller(DID, {
          verificationMethod: [method(DID, { publicKeyMultibase: other.publicKeyMultibase })],
        }),
      },
      /something in it was changed/u,
    ],
    [
      'publishes what is no key',
      {
        [DID_AT]: controller(DID, {
          verificationMethod: [method(DID, { publicKeyMultibase: 'z' })],
        }),
      },
      /something in it was changed/u,
    ],
    [
      'does not publish that key any more',
      { [DID_AT]: controller(DID, { verificationMethod: [] }) },
      /neither in it nor published/u,
    ],
    [
      'has the key for something else',
      { [DID_AT]: controller(DID, { assertionMethod: [], authentication: [`${DID}#key-1`] }) },
      /not meant for credentials/u,
    ],
    [
      'publishes the key of another controller',
      {
        [DID_AT]: controller(DID, { verificationMethod: [method(DID, { controller: PAGE })] }),
      },
      /not by the issuer/u,
    ],
  ])('is refused where it %s', async (_, documents, detail) => {
    const signed = await signedBy(`${DID}#key-1`, DID);
    expect(await itemsOf(signed, documents)).toMatchObject([refused(detail)]);
  });

  it('is refused where another one signed it, though that one publishes its key', async () => {
    const signed = await signedBy(`${DID}#key-1`, PAGE);
    const documents = { [DID_AT]: controller(DID), [PAGE]: controller(PAGE) };
    expect(await itemsOf(signed, documents)).toMatchObject([refused(/not by the issuer/u)]);
  });

  it.each([
    'did:web:college.example:..:x',
    'did:web:college.example%2F..',
    'did:web:a@college.example',
    'did:web:college.example:a?b',
    'did:example:1',
    'http://college.example/1',
    'urn:uuid:1',
  ])('asks nobody for the keys of %s', async (id) => {
    const signed = await signedBy(`${id}#key-1`, id);
    const { read, asked } = publishing({});
    const items = await format.read(signed, { ...reading, readPublished: read });
    expect(items).toMatchObject([refused(/neither in it nor published/u)]);
    expect(asked).toEqual([]);
  });
});

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = await exportJWK(keys.publicKey);
const elsewhere = await exportJWK(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);

describe('a JWT that names its key', () => {
  const KID = 'https://college.example/keys/1';
  const vc = badge({ issuer: { id: PAGE } });
  const jws = (kid: unknown, payload: object = vc): Promise<string> =>
    new CompactSign(Buffer.from(JSON.stringify(payload)))
      .setProtectedHeader({ alg: 'ES256', kid: kid as string })
      .sign(keys.privateKey);
  const jwkMethod = (part: object = {}) => ({
    id: `${DID}#key-1`,
    type: 'JsonWebKey',
    controller: DID,
    publicKeyJwk: jwk,
    ...part,
  });
  const withJwk = (part: object = {}, of: object = {}) =>
    controller(DID, { verificationMethod: [jwkMethod(of)], ...part });

  it('by its address is evidence of who publishes it, not of the issuer that it names', async () => {
    expect(await itemsOf(await jws(KID), { [KID]: jwk })).toMatchObject([
      evidenceOf(KID, { ext: { [CLAIMED_ISSUER]: PAGE } }),
    ]);
  });

  it('by a did:web is evidence of that DID', async () => {
    const payload = badge({ issuer: { id: DID } });
    const [item] = await itemsOf(await jws(`${DID}#key-1`, payload), { [DID_AT]: withJwk() });
    expect(item).toMatchObject(evidenceOf(DID));
    expect(JSON.stringify(item)).not.toContain(CLAIMED_ISSUER);
  });

  const oct = { kty: 'oct', k: Buffer.from('secret').toString('base64url') };
  it.each<[string, unknown, Documents, RegExp]>([
    ['does not answer', KID, { [KID]: 'unreachable' }, LATER],
    ['has nothing', KID, {}, NOTHING],
    ['has no key', KID, { [KID]: { keys: [jwk] } }, NOTHING],
    ['has another key', KID, { [KID]: elsewhere }, /something in it was changed/u],
    ['has a secret', KID, { [KID]: oct }, /something in it was changed/u],
    ['has a key of no kind', KID, { [KID]: { kty: 'x' } }, /something in it was changed/u],
    ['is not encrypted', 'http://college.example/keys/1', {}, /neither in it nor published/u],
    ['is none', 'key-1', { 'key-1': jwk }, /neither in it nor published/u],
    ['is no text', 7, {}, /neither in it nor published/u],
    ['is too long', `${KID}?${'x'.repeat(2_000)}`, {}, /neither in it nor published/u],
    ['names no key of the DID', `${DID}#key-2`, { [DID_AT]: withJwk() }, NOTHING],
    [
      'names a key for something else',
      `${DID}#key-1`,
      { [DID_AT]: withJwk({ assertionMethod: [] }) },
      NOTHING,
    ],
    [
      'names a key of another controller',
      `${DID}#key-1`,
      { [DID_AT]: withJwk({}, { controller: PAGE }) },
      NOTHING,
    ],
    ['names a DID of another', `${DID}#key-1`, { [DID_AT]: controller(PAGE) }, NOTHING],
  ])('is refused where the address %s', async (_, kid, documents, detail) => {
    expect(await itemsOf(await jws(kid), documents)).toMatchObject([refused(detail)]);
  });

  it('is refused where it has run out, or says two issuers', async () => {
    for (const [claims, detail] of [
      [{ iss: PAGE, exp: 1_700_000_000 }, /run out/u],
      [{ iss: DID }, /not by the issuer/u],
    ] as const)
      expect(await itemsOf(await jws(KID, { vc, ...claims }), { [KID]: jwk })).toMatchObject([
        refused(detail),
      ]);
  });
});
