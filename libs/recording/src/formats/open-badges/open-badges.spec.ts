import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { CompactSign, exportJWK } from 'jose';
import {
  type Credential,
  ed25519Signer,
  generateIssuerKey,
  sha256OfJson,
  signCredential,
} from '#vc';
import { describeWithStandards, standards } from '#testing';
import { eventIssues, itemsOf as itemsOfFormat } from '../../testing/formats.js';
import type { Item } from '../format.js';
import { format } from './index.js';
import { CLAIMED_ISSUER } from './meaning.js';

const V2 = 'https://www.w3.org/ns/credentials/v2';
const OB3 = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json';
const CLR = 'https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json';
const HOLDER = 'did:example:ebfeb1f712ebc6f1c276e12ec21';
const WEB = 'https://college.example/issuers/1';

/** An issuer whose address is its key, and how it signs under any name. */
const newIssuer = async () => {
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
let issuer: Awaited<ReturnType<typeof newIssuer>>;
beforeAll(async () => {
  issuer = await newIssuer();
});

const badge = (part: object = {}, subject: object = {}, achievement: object = {}): Credential => ({
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
const clr = (inside: readonly unknown[], subject: object = {}): Credential => ({
  '@context': [V2, CLR, OB3],
  id: 'https://college.example/records/1',
  type: ['VerifiableCredential', 'ClrCredential'],
  issuer: { id: issuer.id, type: ['Profile'], name: 'Some College' },
  validFrom: '2025-06-01T00:00:00Z',
  name: 'Record',
  credentialSubject: { id: HOLDER, type: ['ClrSubject'], verifiableCredential: inside, ...subject },
});

const itemsOf = async (body: unknown): Promise<readonly Item[]> => {
  const items = await itemsOfFormat(format, body);
  for (const item of items) expect(eventIssues(item)).toEqual([]);
  return items;
};
const refused = (detail: RegExp, pointer: unknown = expect.any(String)) => ({
  is: 'refused',
  issues: [{ pointer, detail: expect.stringMatching(detail) }],
});

describe('an Open Badge 3.0', () => {
  it('that verifies is evidence, self-asserted, with the key that signed it', async () => {
    const signed = await issuer.sign(badge());
    const [item] = await itemsOf(signed);
    expect(item).toMatchObject({
      is: 'event',
      format: 'open-badges-3.0',
      note: expect.stringContaining('self-asserted'),
      report: {
        learner: { did: HOLDER },
        times: [Date.parse('2025-06-01T00:00:00Z')],
        data: {
          verb: 'awarded',
          activity: {
            id: 'https://college.example/achievements/teamwork',
            type: 'course',
            name: { und: 'Teamwork' },
          },
          evidence: [
            {
              uri: 'https://college.example/credentials/3527',
              sha256: sha256OfJson(signed),
              kind: 'credential',
            },
          ],
          assurance: { level: 'self-asserted', assessor: issuer.id, method: 'rpl' },
        },
      },
    });
    // An award alone passes and completes nothing.
    expect(item).not.toHaveProperty('report.data.result');
    expect(item).not.toHaveProperty('report.data.ext');
  });

  it('keeps the name that its issuer goes by apart from the key that is proven', async () => {
    const [item] = await itemsOf(await issuer.sign(badge({ issuer: { id: WEB } }), WEB));
    expect(item).toMatchObject({
      report: {
        data: {
          assurance: { level: 'self-asserted', assessor: issuer.id },
          ext: { [CLAIMED_ISSUER]: WEB },
        },
      },
    });
  });

  it('says what it is worth, and converts nothing', async () => {
    const alignment = [
      {
        type: ['Alignment'],
        targetName: 'x',
        targetUrl: 'https://x.example',
        targetFramework: 'EQF',
        targetCode: '5',
      },
    ];
    const worth = badge({}, { creditsEarned: 5 }, { alignment, fieldOfStudy: '0913' });
    expect(await itemsOf(await issuer.sign(worth))).toMatchObject([
      {
        report: {
          data: {
            credits: [{ system: 'other', value: 5 }],
            levels: [{ framework: 'EQF', value: '5' }],
            fields: [{ scheme: 'ISCED-F-2013', code: '0913' }],
          },
        },
      },
    ]);
  });

  it('is of the learner whom the provider names, else of its subject', async () => {
    const account = { homePage: 'https://uni.example', name: '204' };
    const credential = await issuer.sign(badge());
    expect(await itemsOf([{ credential, learner: { account } }, { credential }])).toMatchObject([
      { report: { learner: { account } } },
      { report: { learner: { did: HOLDER } } },
    ]);
    const identifier = (part: object) => ({
      id: undefined,
      identifier: [
        {
          type: 'IdentityObject',
          identityType: 'emailAddress',
          hashed: false,
          identityHash: 'amina@uni.example',
          salt: 'none',
          ...part,
        },
      ],
    });
    const byMail = await itemsOf(
      await issuer.sign(JSON.parse(JSON.stringify(badge({}, identifier({}))))),
    );
    expect(byMail).toMatchObject([
      { report: { learner: { mailHash: expect.stringMatching(/^[0-9a-f]{40}$/u) } } },
    ]);
    const [event] = byMail;
    expect(JSON.stringify({ ...event, said: 0 })).not.toContain('amina');
    const salted = identifier({ hashed: true });
    expect(
      await itemsOf(await issuer.sign(JSON.parse(JSON.stringify(badge({}, salted))))),
    ).toMatchObject([refused(/does not name its holder/u)]);
  });

  it('is refused once anything in it is changed', async () => {
    const signed = await issuer.sign(badge());
    const { credentialSubject: subject } = signed as { credentialSubject: object };
    const changed: readonly Credential[] = [
      { ...signed, name: 'Leadership' },
      { ...signed, credentialSubject: { ...subject, id: 'did:example:somebody' } },
      { ...signed, validFrom: '2024-06-01T00:00:00Z' },
      { ...signed, issuer: { id: issuer.id, type: ['Profile'], name: 'Another College' } },
    ];
    for (const one of changed)
      expect(await itemsOf(one)).toMatchObject([refused(/something in it was changed/u)]);
  });

  it.each<[string, RegExp, () => Credential | Promise<Credential>]>([
    ['is not signed', /not signed/u, () => badge()],
    ['names another issuer', /not by the issuer/u, () => issuer.sign(badge({ issuer: WEB }))],
    ['is signed by another', /not by the issuer/u, async () => (await newIssuer()).sign(badge())],
    [
      'names a key elsewhere',
      /nothing is fetched/u,
      async () => {
        const signed = await issuer.sign(badge({ issuer: WEB }), WEB);
        const proof = { ...(signed['proof'] as object), verificationMethod: `${WEB}#key-1` };
        return { ...signed, proof };
      },
    ],
    ['has run out', /run out/u, () => issuer.sign(badge({ validUntil: '2026-01-01T00:00:00Z' }))],
    [
      'is of tomorrow',
      /not valid yet/u,
      () => issuer.sign(badge({ validFrom: '2026-12-01T00:00:00Z' })),
    ],
    [
      'was awarded, and is of tomorrow',
      /not valid yet/u,
      () =>
        issuer.sign(
          badge({ awardedDate: '2025-06-01T00:00:00Z', validFrom: '2026-12-01T00:00:00Z' }),
        ),
    ],
    [
      'is of version 1',
      /vocabulary/u,
      () => ({ ...badge(), '@context': ['https://www.w3.org/2018/credentials/v1'], proof: {} }),
    ],
    [
      'brings its own words',
      /meanings of its own/u,
      () => ({ ...badge(), '@context': [V2, { name: 'https://x.example' }], proof: {} }),
    ],
    [
      'is signed otherwise',
      /a way that is not read/u,
      () => ({ ...badge(), proof: { type: 'Ed25519Signature2020' } }),
    ],
    [
      'endorses',
      /Neither/u,
      () => badge({ type: ['VerifiableCredential', 'EndorsementCredential'] }),
    ],
    ['is deep', /levels deep/u, () => badge({ x: JSON.parse('['.repeat(40) + ']'.repeat(40)) })],
    ['is wide', /values/u, () => badge({ x: Array(5_001).fill(1) })],
    [
      'changes objects',
      /__proto__/u,
      () => badge(JSON.parse('{"x":{"__proto__":{"a":1}}}') as object),
    ],
  ])('that %s is refused with the reason', async (_, detail, make) => {
    expect(await itemsOf(await make())).toMatchObject([refused(detail, '#')]);
  });

  it.each([
    7,
    null,
    ['x'],
    ['a.b.c'],
    'a.b.c',
    [[]],
    { credential: 7 },
    { type: 'VerifiableCredential' },
  ])('is not: %j', async (body) => {
    const items = await itemsOf(body);
    expect(items.every(({ is }) => is === 'refused')).toBe(true);
  });

  it('of a learner who is named badly is refused there', async () => {
    const credential = await issuer.sign(badge());
    expect(await itemsOf([{ credential, learner: { mail: 'a@b.c' } }])).toMatchObject([
      refused(/one of them/u, '#/0/learner'),
    ]);
  });
});

describe('a credential as a JWT', () => {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jws = async (payload: object, header: object = {}): Promise<string> =>
    new CompactSign(Buffer.from(JSON.stringify(payload)))
      .setProtectedHeader({ alg: 'ES256', jwk: await exportJWK(keys.publicKey), ...header })
      .sign(keys.privateKey);

  it('is verified with the key that it brings, and is of that key alone', async () => {
    const vc = badge({ issuer: { id: WEB } });
    for (const payload of [vc, { vc, iss: WEB }])
      expect(await itemsOf([await jws(payload)])).toMatchObject([
        {
          format: 'open-badges-3.0',
          report: {
            data: {
              assurance: {
                level: 'self-asserted',
                assessor: expect.stringMatching(/^urn:ietf:params:oauth:jwk-thumbprint:sha-256:/u),
              },
              ext: { [CLAIMED_ISSUER]: WEB },
            },
          },
        },
      ]);
  });

  it('of version 2.0 too, with the achievement in it', async () => {
    const assertion = {
      '@context': 'https://w3id.org/openbadges/v2',
      id: 'https://college.example/assertions/1',
      type: 'Assertion',
      recipient: { type: 'email', hashed: false, identity: 'amina@uni.example' },
      issuedOn: '2020-06-01T00:00:00Z',
      verification: { type: 'signed', creator: 'https://college.example/key' },
      badge: { type: 'BadgeClass', id: 'https://college.example/b/1', name: 'Teamwork' },
    };
    expect(await itemsOf([await jws(assertion)])).toMatchObject([
      {
        format: 'open-badges-2.0',
        report: {
          learner: { mailHash: expect.any(String) },
          data: { verb: 'awarded', activity: { id: 'https://college.example/b/1', type: 'badge' } },
        },
      },
    ]);
    expect(await itemsOf(assertion)).toMatchObject([refused(/hosted badge/u)]);
    const pointed = { ...assertion, badge: 'https://college.example/b/1' };
    expect(await itemsOf([await jws(pointed)])).toMatchObject([refused(/what was achieved/u)]);
  });

  it('is refused where the key is not there, not fitting, or not asymmetric', async () => {
    const vc = badge({ issuer: { id: WEB } });
    const good = await jws(vc);
    const other = await exportJWK(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);
    const [head, , tail] = good.split('.');
    const changed = Buffer.from(JSON.stringify(badge({ name: 'Other' }))).toString('base64url');
    const encoded = (header: object) => Buffer.from(JSON.stringify(header)).toString('base64url');
    const octets = { kty: 'oct', k: 'AAAA' };
    const cases: readonly [string, RegExp][] = [
      [await jws(vc, { jwk: undefined }), /nothing is fetched/u],
      [await jws(vc, { jwk: other }), /something in it was changed/u],
      [`${head}.${changed}.${tail}`, /something in it was changed/u],
      [`${encoded({ alg: 'none', jwk: other })}.${good.split('.')[1]}.AA`, /changed/u],
      [`${encoded({ alg: 'HS256', jwk: octets })}.${good.split('.')[1]}.AA`, /changed/u],
      [await jws({ vc, iss: 'https://else.example' }), /not by the issuer/u],
      [await jws({ vc, iss: WEB, exp: 1_700_000_000 }), /run out/u],
    ];
    for (const [body, detail] of cases)
      expect(await itemsOf([body])).toMatchObject([refused(detail)]);
  });
});

describe('a CLR 2.0', () => {
  it('is each credential in it, verified for itself', async () => {
    const good = await issuer.sign(badge());
    const bad = { ...(await issuer.sign(badge({ id: 'urn:x:2' }))), name: 'Changed' };
    const items = await itemsOf([await issuer.sign(clr([good, bad])), good]);
    const inside = '#/0/credentialSubject/verifiableCredential';
    expect(items).toMatchObject([
      { is: 'event', pointer: `${inside}/0`, format: 'open-badges-3.0' },
      refused(/changed/u, `${inside}/1`),
      { is: 'event', pointer: '#/1' },
    ]);
  });

  it.each<[string, RegExp, () => Promise<Credential>]>([
    [
      'was changed',
      /changed/u,
      async () => ({ ...(await issuer.sign(clr([await issuer.sign(badge())]))), name: 'x' }),
    ],
    ['is not signed', /not signed/u, async () => clr([await issuer.sign(badge())])],
    ['holds nothing', /holds no credential/u, () => issuer.sign(clr([]))],
    [
      'holds somebody else’s',
      /somebody else/u,
      async () => issuer.sign(clr([await issuer.sign(badge({}, { id: 'did:example:b' }))])),
    ],
    [
      'holds a record',
      /holds no credential/u,
      async () => issuer.sign(clr([await issuer.sign(clr([await issuer.sign(badge())]))])),
    ],
  ])('that %s is refused', async (_, detail, make) => {
    expect(await itemsOf(await make())).toMatchObject([refused(detail)]);
  });

  it('counts what is in it against the limit', async () => {
    const good = await issuer.sign(badge());
    await expect(itemsOf(Array(51).fill(7))).rejects.toMatchObject({ code: 'too-large' });
    const record = await issuer.sign(clr(Array(20).fill(good)));
    await expect(itemsOf([record, record, record])).rejects.toMatchObject({ code: 'too-large' });
  });
});

describeWithStandards('the samples of 1EdTech', () => {
  const sample = (path: string): unknown =>
    path.endsWith('.jwt') ? [standards(path).trim()] : JSON.parse(standards(path));

  it.each([
    ['openbadges-3.0/simple.json', 1],
    ['openbadges-3.0/simple-multiple-proofs.json', 1],
    ['openbadges-3.0/simple-did-web-method.json', 1],
    ['clr-2.0/simple.json', 1],
    ['clr-2.0/simple.jwt', 1],
  ])('%s is evidence', async (path, count) => {
    const events = (await itemsOf(sample(path))).filter(({ is }) => is === 'event');
    expect(events).toHaveLength(count);
    expect(events).toMatchObject(
      Array.from({ length: count }, () => ({
        report: { data: { assurance: { level: 'self-asserted' } } },
      })),
    );
  });

  it.each([
    ['openbadges-3.0/simple-noproof.json', /vocabulary/u],
    ['openbadges-3.0/simple.jwt', /nothing is fetched/u],
    ['openbadges-3.0/derivedcredential.json', /a way that is not read/u],
    ['openbadges-3.0/endorsement-valid.json', /Neither/u],
    ['clr-2.0/simple-noproof.json', /vocabulary/u],
    ['clr-2.0/complex.json', /vocabulary/u],
  ])('%s is refused', async (path, detail) => {
    const items = await itemsOf(sample(path));
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) expect(item).toMatchObject(refused(detail));
  });
});
