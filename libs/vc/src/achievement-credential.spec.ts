import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { buildAchievementCredential } from './achievement-credential.js';
import { canonicalNQuads } from './canonicalise.js';
import { readAchievementCredential } from './read-achievement-credential.js';
import { parts } from './testing/samples.js';

describe('an achievement credential', () => {
  it('says all there is to say in terms of the two contexts', async () => {
    const quads = await canonicalNQuads(buildAchievementCredential(parts));
    for (const said of ['Plans care at home', 'PT112.5H', '"EQF"', '"ECTS"', '4.5E0', '94567'])
      expect(quads).toContain(said);
  });

  it('has a status entry whose id is not the list', () => {
    const { credentialStatus } = buildAchievementCredential(parts);
    expect(credentialStatus.statusListIndex).toBe('94567');
    expect(credentialStatus.id).not.toBe(credentialStatus.statusListCredential);
  });

  it('leaves out what an achievement does not state', () => {
    const achievement = { id: 'https://a.example/1', type: 'Badge', name: 'A', description: 'B' };
    const credential = buildAchievementCredential({
      ...parts,
      validUntil: undefined,
      achievement: { ...achievement, criteria: 'C' },
    });
    expect(credential).not.toHaveProperty('validUntil');
    expect(credential.credentialSubject).not.toHaveProperty('creditsEarned');
    expect(credential.credentialSubject.achievement).not.toHaveProperty('alignment');
    expect(readAchievementCredential(credential)).toMatchObject({ learningOutcomes: [] });
    expect(readAchievementCredential(credential)).not.toHaveProperty('credit');
  });

  it('reads back as it was written, whatever the texts', () => {
    const text = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' });
    fc.assert(
      fc.property(
        fc.record({
          name: text,
          criteria: text,
          credit: fc.record({
            system: fc.constantFrom('ECTS' as const, 'CPD-hours' as const),
            value: fc.double({ min: 0.1, max: 10_000, noNaN: true }),
          }),
          eqfLevel: fc.integer({ min: 1, max: 8 }),
          workloadHours: fc.integer({ min: 1, max: 100_000 }),
          learningOutcomes: fc.array(text, { maxLength: 5 }),
        }),
        (achievement) => {
          const { name, ...stated } = achievement;
          const credential = buildAchievementCredential({
            ...parts,
            achievement: { ...parts.achievement, ...achievement },
          });
          expect(readAchievementCredential(JSON.parse(JSON.stringify(credential)))).toMatchObject({
            ...stated,
            title: name,
            iscedF: '0913',
            issuer: { name: 'Aurora Open University' },
          });
        },
      ),
    );
  });
});

const read = (change: Record<string, unknown>) =>
  readAchievementCredential({ ...buildAchievementCredential(parts), ...change });

describe('reading a credential of somebody else', () => {
  it.each([
    ['no subject', { credentialSubject: undefined }],
    ['two subjects', { credentialSubject: [{}, {}] }],
    ['no achievement', { credentialSubject: { id: 'urn:x:1' } }],
    ['an achievement without a name', { credentialSubject: { achievement: { id: 'urn:x:1' } } }],
    ['a number for a name', { credentialSubject: { achievement: { name: 1 } } }],
    ['no issuer', { issuer: undefined }],
    ['an issuer without id', { issuer: { name: 'A' } }],
    ['no id', { id: undefined }],
  ])('gives nothing for %s', (_, change) => expect(read(change)).toBeUndefined());

  it('takes an issuer that is a plain URL, and credit of a system it does not know', () => {
    const statement = read({
      issuer: 'https://a.example',
      credentialSubject: { creditsEarned: 3, achievement: { name: 'A' } },
    });
    expect(statement).toMatchObject({
      issuer: { id: 'https://a.example', name: 'https://a.example' },
      credit: { system: 'other', value: 3 },
    });
  });

  it.each(['0', '9', 'five', ''])('takes no EQF level from %j', (targetCode) => {
    const achievement = { name: 'A', alignment: { targetFramework: 'EQF', targetCode } };
    expect(read({ credentialSubject: { achievement } })).not.toHaveProperty('eqfLevel');
  });
});
