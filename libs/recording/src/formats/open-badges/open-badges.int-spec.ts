import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CompactSign, exportJWK } from 'jose';
import { createService, loadConfig } from '#platform';
import { newIssuer } from '../../testing/badges.js';
import { openOwnHost } from '../../testing/own-host.js';
import { usingProvider } from '../../testing/provider.js';
import { client } from '../../testing/samples.js';

const provider = usingProvider((definition, settings) =>
  createService(definition, loadConfig(settings)),
);

const PATH = '/v1/formats/open-badges';
const badge = (issuer: string) => ({
  '@context': [
    'https://www.w3.org/ns/credentials/v2',
    'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json',
  ],
  id: `urn:uuid:${randomUUID()}`,
  type: ['VerifiableCredential', 'OpenBadgeCredential'],
  issuer: { id: issuer, type: ['Profile'], name: 'Some College' },
  validFrom: '2025-06-01T00:00:00Z',
  name: 'Teamwork',
  credentialSubject: {
    id: `did:example:${randomUUID()}`,
    type: ['AchievementSubject'],
    achievement: {
      id: 'https://college.example/achievements/teamwork',
      type: ['Achievement'],
      name: 'Teamwork',
      description: 'Works in a team.',
      criteria: { narrative: 'Was seen in one.' },
    },
  },
});
const signed = async () => {
  const { id: did, sign } = await newIssuer();
  return { did, credential: await sign(badge(did)) };
};
const post = async (body: unknown, contentType = 'application/json') => {
  const { recorder } = provider();
  const actor = { id: client.id, role: 'provider', organisation: client.id } as const;
  const authorization = await recorder.tokenFor(actor);
  const headers = { authorization, 'content-type': contentType };
  const answer = await recorder.send('POST', PATH, body, headers);
  return answer.json['results'] as readonly Readonly<Record<string, unknown>>[];
};

describe('credentials as evidence', () => {
  it('are recorded as self-asserted by whoever may vouch for more, and it is said', async () => {
    expect(client.highestAssurance).toBe('assessed');
    const { did, credential } = await signed();
    const seq = await provider().recorder.size();
    const [receipt] = await post(credential);
    expect(receipt).toMatchObject({
      status: 'recorded',
      note: expect.stringMatching(/nobody here knows the issuer.*self-asserted/u),
    });
    const { data } = await provider().recorder.entryAt(seq);
    expect(data).toMatchObject({
      verb: 'awarded',
      assurance: { level: 'self-asserted', assessor: did, method: 'rpl' },
      raw: { format: 'open-badges-3.0' },
    });
    expect(await post(credential)).toMatchObject([{ status: 'duplicate' }]);
  });

  it('that do not verify leave no entry, and do not trouble the others', async () => {
    const { credential } = await signed();
    const work = async (): Promise<void> => {
      const answers = await post([{ ...credential, name: 'Leadership' }, credential]);
      expect(answers).toMatchObject([
        { code: 'invalid-input', errors: [{ pointer: '#/0' }] },
        { status: 'recorded' },
      ]);
    };
    expect(await provider().added(work)).toBe(1);
  });

  it('may come as a JWT', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwt = await new CompactSign(Buffer.from(JSON.stringify(badge('https://college.example'))))
      .setProtectedHeader({ alg: 'ES256', jwk: await exportJWK(publicKey) })
      .sign(privateKey);
    expect(await post(jwt, 'application/vc+jwt')).toMatchObject([{ status: 'recorded' }]);
  });

  it('that are said to be hosted in our own network are refused, and nobody is asked', async () => {
    const ours = await openOwnHost();
    const { credential } = await signed();
    const hosted = { id: `https://localhost:${ours.port}/assertions/1`, type: 'Assertion' };
    expect(await post([hosted, credential])).toMatchObject([
      {
        code: 'invalid-input',
        errors: [{ pointer: '#/0', detail: expect.stringMatching(/does not answer/u) }],
      },
      { status: 'recorded' },
    ]);
    expect(ours.connections()).toBe(0);
    ours.close();
  });
});
