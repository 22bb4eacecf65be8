import { describe, expect, it } from '@jest/globals';
import { type Credential, sha256OfJson } from '#vc';
import {
  badge,
  HOLDER,
  issuer,
  itemsOf,
  newIssuer,
  refused,
  V2,
  WEB,
} from '../../testing/badges.js';
import { CLAIMED_ISSUER } from './meaning.js';

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
      'names a key whose address does not answer',
      /the key that signed it.*later/u,
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
    expect(items.map(({ is }) => is)).toEqual(['refused']);
  });

  it('of a learner who is named badly is refused there', async () => {
    const credential = await issuer.sign(badge());
    expect(await itemsOf([{ credential, learner: { mail: 'a@b.c' } }])).toMatchObject([
      refused(/one of them/u, '#/0/learner'),
    ]);
  });
});
