import { describe, expect, it } from '@jest/globals';
import { CRITERIA } from '#contracts';
import {
  all,
  ask,
  decide,
  equivalent,
  erased,
  given,
  reasoned,
  refusal,
  refuse,
  when,
} from '../testing/cases.js';
import type { Decide } from './recognition-case.js';

describe('a request for recognition', () => {
  it('is stated with what is personal in the sealed part', () => {
    expect(given(ask)).toEqual([
      {
        kind: 'recognition-requested',
        data: { caseId: 'rec_1', institution: 'borealis' },
        personal: {
          credentialIds: ['crd_1', 'crd_2'],
          purpose: 'Entry to the second year of nursing',
          requestedAt: '2026-11-01T08:00:00.000Z',
        },
      },
    ]);
  });

  it('names each credential once', () => {
    const [event] = given({ ...ask, credentialIds: ['crd_1', 'crd_1'] });
    expect(event?.personal).toMatchObject({ credentialIds: ['crd_1'] });
  });

  it('repeated changes nothing, whatever the time and the order of the credentials', () => {
    const again = {
      ...ask,
      credentialIds: ['crd_2', 'crd_1'],
      requestedAt: '2026-11-02T00:00:00Z',
    };
    expect(when(given(ask), again)).toEqual([]);
    expect(when(given(ask, decide()), again)).toEqual([]);
  });

  it.each([
    ['another institution', { institution: 'aurora' }],
    ['another purpose', { purpose: 'Work' }],
    ['fewer credentials', { credentialIds: ['crd_1'] }],
    ['other credentials', { credentialIds: ['crd_1', 'crd_3'] }],
  ])('under the same id is not another one: %s', (_, change) => {
    expect(refusal(given(ask), { ...ask, ...change }).code).toBe('idempotency-key-reused');
  });

  it('of an erased learner is not opened again', () => {
    expect(refusal(erased(given(ask)), ask).code).toBe('idempotency-key-reused');
  });
});

describe('a decision', () => {
  it('states what was compared, by whom, and what it rests on', () => {
    expect(when(given(ask), decide())).toEqual([
      {
        kind: 'recognition-decided',
        data: { caseId: 'rec_1', institution: 'borealis', officer: 'per_officer' },
        personal: {
          outcome: 'Positive',
          findings: all(),
          reasons: 'No substantial difference was found.',
          credit: { system: 'ECTS', value: 6 },
          credentialIds: ['crd_1', 'crd_2'],
          purpose: 'Entry to the second year of nursing',
          titles: ['Community Nursing'],
          decidedAt: '2026-11-05T08:00:00.000Z',
        },
      },
    ]);
  });

  it('may be positive in spite of a difference that is not substantial', () => {
    const findings = all({ workload: { ...equivalent, finding: 'difference' } });
    expect(when(given(ask), decide({ findings }))).toHaveLength(1);
  });

  it('may be partial, with credit, and negative, without', () => {
    const findings = all({ workload: reasoned });
    const [partial] = when(given(ask), decide({ outcome: 'Partially Positive', findings }));
    expect(partial?.personal).toMatchObject({ credit: { value: 6 } });
    const [negative] = when(given(ask), refuse());
    expect(negative?.personal).not.toHaveProperty('credit');
  });

  it.each(['system', 'learner', 'provider', 'employer', 'admin', ''])(
    'is not for the role "%s"',
    (role) => {
      const by = { id: 'x', role, organisation: 'borealis' };
      expect(refusal(given(ask), decide({ by })).code).toBe('decision-needs-human');
    },
  );

  it.each([['aurora'], [undefined]])('is not for an officer of %s', (organisation) => {
    const by = { id: 'per_other', role: 'officer', organisation };
    expect(refusal(given(ask), decide({ by })).code).toBe('decision-needs-human');
  });

  it('needs a request', () => {
    expect(refusal([], decide()).code).toBe('not-found');
  });

  it('is not taken about somebody who was erased, nor repeated', () => {
    expect(refusal(erased(given(ask)), decide()).code).toBe('not-found');
    expect(refusal(erased(given(ask, decide())), decide()).code).toBe('not-found');
  });

  it.each(CRITERIA)('is not complete without %s', (criterion) => {
    const { [criterion]: _, ...findings } = all();
    for (const command of [decide({ findings }), refuse({ findings })]) {
      const { code, issues } = refusal(given(ask), command);
      expect([code, issues.map(({ pointer }) => pointer)]).toEqual([
        'criteria-incomplete',
        [`#/findings/${criterion}`],
      ]);
    }
  });

  it('points at every criterion that is missing', () => {
    expect(refusal(given(ask), decide({ findings: {} })).issues).toHaveLength(5);
  });

  it.each(CRITERIA)('is not positive with a substantial difference in %s', (criterion) => {
    const { code, issues } = refusal(
      given(ask),
      decide({ findings: all({ [criterion]: reasoned }) }),
    );
    expect([code, issues[0]?.pointer]).toEqual([
      'difference-contradicts',
      `#/findings/${criterion}/finding`,
    ]);
  });

  it.each(['Negative', 'Partially Positive'] as const)(
    'is not %s without a substantial difference',
    (outcome) => {
      for (const findings of [all(), all({ level: { ...reasoned, finding: 'difference' } })]) {
        const { code, issues } = refusal(given(ask), refuse({ outcome, findings }));
        expect([code, issues[0]?.pointer]).toEqual(['difference-not-substantial', '#/findings']);
      }
    },
  );

  it.each(['statement', 'evidence', 'relevance'] as const)(
    'is not negative on a difference without %s',
    (part) => {
      for (const blank of ['', ' \n\t']) {
        const findings = all({ profile: { ...reasoned, [part]: blank } });
        const { code, issues } = refusal(given(ask), refuse({ findings }));
        expect([code, issues.map(({ pointer }) => pointer)]).toEqual([
          'difference-not-substantial',
          [`#/findings/profile/${part}`],
        ]);
      }
    },
  );

  it('is not negative while any substantial difference that it names lacks its reasons', () => {
    const findings = all({ profile: reasoned, level: { ...reasoned, evidence: '' } });
    expect(refusal(given(ask), refuse({ findings })).issues[0]?.pointer).toBe(
      '#/findings/level/evidence',
    );
  });

  it('that is negative gives no credit', () => {
    const { code, issues } = refusal(given(ask), refuse({ credit: { system: 'ECTS', value: 1 } }));
    expect([code, issues[0]?.pointer]).toEqual(['invalid-input', '#/credit']);
  });

  it('sent twice changes nothing, whatever the time', () => {
    const later = { decidedAt: '2026-12-01T00:00:00.000Z', titles: [] };
    expect(when(given(ask, decide()), decide(later))).toEqual([]);
    expect(when(given(ask, refuse()), refuse(later))).toEqual([]);
  });

  it.each<[string, Partial<Decide>]>([
    ['another outcome', { outcome: 'Partially Positive' }],
    ['other reasons', { reasons: 'Because.' }],
    ['more credit', { credit: { system: 'ECTS', value: 7 } }],
    ['another system', { credit: { system: 'UK-CATS', value: 6 } }],
    ['no credit', { credit: undefined }],
    ['another finding', { findings: all({ level: { ...equivalent, statement: 'Alike.' } }) }],
    ['a finding less', { findings: {} }],
    ['a refusal', refuse()],
  ])('cannot be taken again: %s', (_, change) => {
    expect(refusal(given(ask, decide()), decide(change)).code).toBe('already-decided');
  });
});
