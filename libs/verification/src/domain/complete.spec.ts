import { describe, expect, it } from '@jest/globals';
import { completeCheck } from './complete.js';

const achievement = {
  id: 'urn:a',
  type: ['Achievement'],
  name: 'A',
  description: 'B',
  criteria: { narrative: 'C' },
};
const subject = { id: 'urn:s', type: ['AchievementSubject'], achievement };
const badge = {
  id: 'urn:c',
  type: ['VerifiableCredential', 'OpenBadgeCredential'],
  issuer: { id: 'urn:i', type: ['Profile'] },
  validFrom: '2026-01-01T00:00:00Z',
  credentialSubject: subject,
};
const fields = (credential: object) => completeCheck({ ...credential }).reason;

describe('a complete badge', () => {
  it.each([
    badge,
    { ...badge, type: 'AchievementCredential' },
    { ...badge, issuer: 'https://a.example' },
    { ...badge, credentialSubject: [subject] },
    { ...badge, credentialSubject: { ...subject, id: undefined, identifier: [{}] } },
    {
      ...badge,
      credentialSubject: { ...subject, achievement: { ...achievement, criteria: { id: 'urn:x' } } },
    },
  ])('has what is asked for (%#)', (credential) =>
    expect(completeCheck({ ...credential }).code).toBe('complete'),
  );
});

describe('an incomplete badge', () => {
  it.each<[string, object]>([
    ['id', { id: undefined }],
    ['id', { id: '' }],
    ['validFrom', { validFrom: undefined }],
    ['issuer', { issuer: undefined }],
    ['issuer', { issuer: '' }],
    ['issuer', { issuer: [] }],
    ['issuer.id', { issuer: { type: 'Profile' } }],
    ['issuer.type', { issuer: { id: 'urn:i' } }],
    ['credentialSubject', { credentialSubject: undefined }],
    ['credentialSubject', { credentialSubject: [] }],
    ['credentialSubject', { credentialSubject: [null] }],
    ['credentialSubject.type', { credentialSubject: { ...subject, type: [] } }],
    ['credentialSubject.achievement', { credentialSubject: { ...subject, achievement: [] } }],
    ...['id', 'type', 'name', 'description', 'criteria'].map((name): [string, object] => [
      `credentialSubject.achievement.${name}`,
      { credentialSubject: { ...subject, achievement: { ...achievement, [name]: undefined } } },
    ]),
    [
      'credentialSubject.achievement.criteria',
      { credentialSubject: { ...subject, achievement: { ...achievement, criteria: {} } } },
    ],
  ])('lacks %s (%#)', (name, change) =>
    expect(fields({ ...badge, ...change })).toBe(
      `Fields that Open Badges 3.0 asks for are missing: ${name}.`,
    ),
  );

  it('lacks an id of the subject', () => {
    const { id: _, ...rest } = subject;
    expect(fields({ ...badge, credentialSubject: rest })).toContain('credentialSubject.id');
  });

  it.each([{}, { type: 'VerifiableCredential' }, { type: ['EndorsementCredential'] }, { type: 1 }])(
    'is not one at all: %j',
    (credential) => expect(completeCheck(credential).code).toBe('not-an-open-badge'),
  );
});
