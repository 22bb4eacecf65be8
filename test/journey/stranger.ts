import { ed25519Signer, generateIssuerKey, signCredential } from '#vc';

/** A sound Open Badge by an issuer whom nobody here knows (did:key), valid from 2020 to `until`. */
export const signedByStranger = async (until: string): Promise<object> => {
  const key = await generateIssuerKey();
  const did = `did:key:${key.publicKeyMultibase}`;
  return signCredential({
    credential: {
      '@context': [
        'https://www.w3.org/ns/credentials/v2',
        'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json',
      ],
      id: 'urn:uuid:2b0a3ed4-5a0f-4a0e-9d5c-6a3f2f6f0a11',
      type: ['VerifiableCredential', 'OpenBadgeCredential'],
      issuer: { id: did, type: ['Profile'], name: 'Somebody' },
      validFrom: '2020-01-01T00:00:00Z',
      validUntil: until,
      credentialSubject: {
        id: 'urn:uuid:7d0bb4b8-90bb-4b1e-8f4e-0e8a4f6f6a12',
        type: ['AchievementSubject'],
        achievement: {
          id: 'https://somebody.example/achievements/1',
          type: ['Achievement'],
          name: 'Something',
          description: 'Something learned somewhere.',
          criteria: { narrative: 'Was there.' },
        },
      },
    },
    signer: ed25519Signer({ ...key, id: `${did}#${key.publicKeyMultibase}` }),
    created: new Date('2020-06-01T00:00:00Z'),
  });
};
