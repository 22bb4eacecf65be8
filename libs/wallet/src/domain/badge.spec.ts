import { describe, expect, it } from '@jest/globals';
import { readBadge } from './badge.js';

const achievement = {
  name: 'Community Nursing',
  alignment: [
    { targetName: 'Plans care', targetType: 'ceasn:Competency' },
    {
      targetName: 'EQF level 5',
      targetFramework: 'European Qualifications Framework',
      targetCode: '5',
    },
  ],
};
const badge = (change: object = {}, credential: object = {}) => ({
  name: 'Credential',
  validFrom: '2026-05-01T10:00:00+02:00',
  validUntil: '2027-05-01T08:00:00Z',
  credentialSubject: { achievement: { ...achievement, ...change } },
  ...credential,
});

describe('reading a badge', () => {
  it('finds name, dates in UTC and level', () => {
    expect(readBadge(badge())).toEqual({
      title: 'Community Nursing',
      validFrom: '2026-05-01T08:00:00.000Z',
      validUntil: '2027-05-01T08:00:00.000Z',
      eqfLevel: 5,
    });
  });

  it('takes the first where there are several', () => {
    const several = badge({}, { credentialSubject: [{ achievement: [achievement] }] });
    expect(readBadge(several)).toMatchObject({ title: 'Community Nursing', eqfLevel: 5 });
  });

  it('falls back on the credential’s own name', () => {
    expect(readBadge(badge({ name: undefined })).title).toBe('Credential');
    expect(readBadge(badge({ name: '' }, { name: '' })).title).toBeUndefined();
  });

  it.each([
    [{ targetFramework: 'EQF', targetName: 'Level 7' }, 7],
    [{ targetFramework: 'EQF', targetCode: '', targetName: 'eqf/4' }, 4],
    [{ targetFramework: 'EQF', targetCode: '9' }, undefined],
    [{ targetFramework: 'EQF', targetCode: '12' }, undefined],
    [{ targetFramework: 'QF-EHEA', targetCode: '5' }, undefined],
    [{ targetFramework: 'EQF' }, undefined],
    ['EQF 5', undefined],
    [null, undefined],
  ])('reads the level of %j as %p', (alignment, level) => {
    expect(readBadge(badge({ alignment })).eqfLevel).toBe(level);
    expect(readBadge(badge({ alignment: [alignment] })).eqfLevel).toBe(level);
  });

  it.each([null, undefined, 'text', 7, [], {}, { credentialSubject: null }, { name: {} }])(
    'finds nothing in %j',
    (credential) =>
      expect(readBadge(credential)).toEqual({
        title: undefined,
        validFrom: undefined,
        validUntil: undefined,
        eqfLevel: undefined,
      }),
  );

  it('leaves out what is no date', () => {
    const odd = readBadge(badge({}, { validFrom: 'soon', validUntil: 5 }));
    expect(odd).toMatchObject({ validFrom: undefined, validUntil: undefined });
  });
});
