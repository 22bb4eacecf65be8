import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CompactSign } from 'jose';
import { type Documents, itemsOf, publishing, refused } from '../../testing/badges.js';
import { reading } from '../../testing/formats.js';
import { format } from './index.js';

const COLLEGE = 'https://college.example';
const ELSEWHERE = 'https://else.example';
const HOSTED = `${COLLEGE}/assertions/1`;
const assertion = {
  '@context': 'https://w3id.org/openbadges/v2',
  id: HOSTED,
  type: 'Assertion',
  recipient: { type: 'email', hashed: false, identity: 'amina@uni.example' },
  issuedOn: '2020-06-01T00:00:00Z',
  verification: { type: 'hosted' },
  badge: `${COLLEGE}/badges/teamwork`,
};
const badgeClass = {
  id: `${COLLEGE}/badges/teamwork`,
  type: 'BadgeClass',
  name: 'Teamwork',
  description: 'Works in a team.',
  issuer: `${COLLEGE}/issuer`,
};
const profile = { id: `${COLLEGE}/issuer`, type: 'Issuer', name: 'Some College' };

const all = (changes: Documents = {}): Documents => ({
  [HOSTED]: assertion,
  [badgeClass.id]: badgeClass,
  [profile.id]: profile,
  ...changes,
});
const evidence = {
  is: 'event',
  format: 'open-badges-2.0',
  note: expect.stringMatching(/Its issuer publishes it.*nobody here knows the issuer/u),
  report: {
    learner: { mailHash: expect.any(String) },
    data: {
      verb: 'awarded',
      activity: { id: badgeClass.id, name: { und: 'Teamwork' }, type: 'badge' },
      assurance: { level: 'self-asserted', assessor: profile.id, method: 'rpl' },
    },
  },
};

describe('a hosted badge', () => {
  it('is evidence as its issuer publishes it, with the achievement that it points at', async () => {
    expect(await itemsOf(assertion, all())).toMatchObject([evidence]);
  });

  it('may have the achievement and the issuer in it', async () => {
    const whole = { ...assertion, badge: { ...badgeClass, issuer: profile } };
    const { read, asked } = publishing({ [HOSTED]: whole });
    const items = await format.read(whole, { ...reading, readPublished: read });
    expect(items).toMatchObject([evidence]);
    expect(asked).toEqual([HOSTED]);
  });

  it('may be handed in with less than what is published', async () => {
    const { id, type } = assertion;
    expect(await itemsOf({ id, type }, all())).toMatchObject([evidence]);
  });

  it('may be published elsewhere, if its issuer says so where it is at home', async () => {
    const id = `${ELSEWHERE}/college/1`;
    const away = { ...assertion, id };
    const says = (verification: object) =>
      itemsOf(away, all({ [id]: away, [profile.id]: { ...profile, verification } }));
    for (const allowed of ['else.example', ELSEWHERE, ['college.example', 'else.example']])
      expect(await says({ allowedOrigins: allowed })).toMatchObject([evidence]);
    const startsWith = `${ELSEWHERE}/college/`;
    expect(await says({ allowedOrigins: 'else.example', startsWith })).toMatchObject([evidence]);
    const other = [`${ELSEWHERE}/university/`];
    expect(await says({ allowedOrigins: 'else.example', startsWith: other })).toMatchObject([
      refused(/does not publish badges at that address/u),
    ]);
  });

  it('without an https address is refused, and nothing is asked', async () => {
    for (const id of ['http://college.example/1', 'urn:uuid:1', 7, undefined]) {
      const { read, asked } = publishing(all());
      const items = await format.read({ ...assertion, id }, { ...reading, readPublished: read });
      expect(items).toMatchObject([refused(/https address as its id/u)]);
      expect(asked).toEqual([]);
    }
  });

  const foreign = { ...assertion, id: `${ELSEWHERE}/1` };
  it.each<[string, object, Documents, RegExp]>([
    ['is not published', assertion, all({ [HOSTED]: undefined }), /Nothing.*the badge/u],
    ['cannot be asked for', assertion, all({ [HOSTED]: 'unreachable' }), /the badge.*later/u],
    ['is withdrawn', assertion, all({ [HOSTED]: 'withdrawn' }), /withdrawn/u],
    [
      'is published as withdrawn',
      assertion,
      all({ [HOSTED]: { id: HOSTED, revoked: true } }),
      /withdrawn/u,
    ],
    [
      'is published for somebody else',
      { ...assertion, recipient: { ...assertion.recipient, identity: 'ben@uni.example' } },
      all(),
      /something else/u,
    ],
    ['is published with another end', { ...assertion, expires: '2099-01-01' }, all(), /something/u],
    ['is of another achievement', { ...assertion, badge: `${COLLEGE}/x` }, all(), /something/u],
    [
      'is another at its address',
      assertion,
      all({ [HOSTED]: { ...assertion, id: 'x' } }),
      /Nothing/u,
    ],
    ['is a list', assertion, all({ [HOSTED]: [assertion] }), /Nothing/u],
    [
      'is nested beyond reason',
      assertion,
      all({
        [HOSTED]: {
          ...assertion,
          x: JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) as object,
        },
      }),
      /Nothing/u,
    ],
    ['has no achievement', assertion, all({ [badgeClass.id]: undefined }), /its achievement/u],
    ['has no issuer', assertion, all({ [profile.id]: 'unreachable' }), /its issuer.*later/u],
    ['has an issuer without id', assertion, all({ [profile.id]: { name: 'x' } }), /its issuer/u],
    [
      'claims an issuer that publishes nothing there',
      foreign,
      all({ [foreign.id]: foreign }),
      /does not publish badges at that address/u,
    ],
    [
      'brings the word of an issuer at home elsewhere',
      foreign,
      all({
        [foreign.id]: {
          ...foreign,
          badge: {
            ...badgeClass,
            issuer: { ...profile, verification: { allowedOrigins: 'else.example' } },
          },
        },
      }),
      /does not publish badges at that address/u,
    ],
    [
      'has run out',
      assertion,
      all({ [HOSTED]: { ...assertion, expires: '2021-01-01T00:00:00Z' } }),
      /run out/u,
    ],
  ])('that %s is refused', async (_, body, documents, detail) => {
    expect(await itemsOf(body, documents)).toMatchObject([refused(detail)]);
  });
});

describe('a signed badge without its key', () => {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keyOf = ({ publicKey } = keys) => ({
    id: `${COLLEGE}/key`,
    type: 'CryptographicKey',
    owner: profile.id,
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }),
  });
  const signing = {
    ...assertion,
    id: 'urn:uuid:7f3c7a1e-0d0e-4a87-9f9a-6d0f0f7a1c55',
    verification: { type: 'signed', creator: `${COLLEGE}/key` },
  };
  const jws = (payload: object = signing): Promise<string> =>
    new CompactSign(Buffer.from(JSON.stringify(payload)))
      .setProtectedHeader({ alg: 'RS256' })
      .sign(keys.privateKey);
  const list = { id: `${COLLEGE}/revoked`, revokedAssertions: ['urn:x:1', { id: 'urn:x:2' }] };
  const signed = (changes: Documents = {}): Documents =>
    all({
      [HOSTED]: undefined,
      [`${COLLEGE}/key`]: keyOf(),
      [profile.id]: { ...profile, publicKey: `${COLLEGE}/key`, revocationList: list.id },
      [list.id]: list,
      ...changes,
    });

  it('is evidence where key and issuer know each other', async () => {
    expect(await itemsOf([await jws()], signed())).toMatchObject([evidence]);
    const inside = { ...profile, publicKey: [keyOf()] };
    expect(await itemsOf([await jws()], signed({ [profile.id]: inside }))).toMatchObject([
      evidence,
    ]);
  });

  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  it.each<[string, object, Documents, RegExp]>([
    ['names no key', { ...signing, verification: { type: 'signed' } }, signed(), /names no key/u],
    ['has no key', signing, signed({ [`${COLLEGE}/key`]: undefined }), /its key/u],
    ['was signed by another', signing, signed({ [`${COLLEGE}/key`]: keyOf(other) }), /changed/u],
    [
      'has a key that is none',
      signing,
      signed({ [`${COLLEGE}/key`]: { ...keyOf(), publicKeyPem: 'x' } }),
      /changed/u,
    ],
    [
      'has a key that its issuer does not know',
      signing,
      signed({ [profile.id]: profile }),
      /not by the issuer/u,
    ],
    [
      'has a key of somebody else',
      signing,
      signed({ [`${COLLEGE}/key`]: { ...keyOf(), owner: `${ELSEWHERE}/issuer` } }),
      /not by the issuer/u,
    ],
    [
      'brings its issuer along, who knows nothing of it',
      { ...signing, badge: { ...badgeClass, issuer: { ...profile, publicKey: `${COLLEGE}/key` } } },
      signed({ [profile.id]: profile }),
      /not by the issuer/u,
    ],
    ['is withdrawn', { ...signing, id: 'urn:x:1' }, signed(), /withdrawn/u],
    ['is withdrawn with a reason', { ...signing, id: 'urn:x:2' }, signed(), /withdrawn/u],
    [
      'may be withdrawn, as the list does not answer',
      signing,
      signed({ [list.id]: 'unreachable' }),
      /withdrawn badges.*later/u,
    ],
    ['has a list that is none', signing, signed({ [list.id]: { id: list.id } }), /withdrawn/u],
  ])('that %s is refused', async (_, payload, documents, detail) => {
    expect(await itemsOf([await jws(payload)], documents)).toMatchObject([refused(detail)]);
  });
});
