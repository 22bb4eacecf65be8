import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { exportJWK } from 'jose';
import { badge, itemsOf, newJwtIssuer, refused, WEB } from '../../testing/badges.js';
import { CLAIMED_ISSUER } from './meaning.js';

const jws = await newJwtIssuer();

describe('a credential as a JWT', () => {
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
      [await jws(vc, { jwk: undefined }), /neither in it nor published/u],
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
