import type { Verification } from '#contracts';

/** What the checks may find, as the API would describe it. */
const pass = (check: Verification['checks'][number]['check'], reason: string) =>
  ({ check, result: 'pass', code: `${check}-ok`, reason }) as const;

export const genuine: Verification = {
  verdict: 'genuine',
  checkedAt: '2026-11-25T14:02:00Z',
  credential: {
    title: 'Certificate in Community Nursing',
    issuerName: 'Aurora Open University',
    issuedAt: '2026-06-12T15:01:00Z',
    credit: { system: 'ECTS', value: 30 },
    eqfLevel: 5,
  },
  checks: [
    pass('integrity', 'The digital signature fits the text exactly.'),
    pass('signer', 'Signed with a key that Aurora Open University publishes.'),
    pass('issuer', 'Aurora Open University is registered in this ledger.'),
    pass('status', 'Not withdrawn. The list was read just now.'),
    pass('dates', 'Valid since 12 June 2026. No end date.'),
    pass('ledger', 'Recorded when it was issued; the record matches.'),
    {
      check: 'complete',
      result: 'warning',
      code: 'no-evidence',
      reason: 'No evidence is attached.',
      whatToDo: 'Ask the person for examples of their work if you need them.',
    },
  ],
};

export const changed: Verification = {
  verdict: 'changed',
  checkedAt: '2026-11-25T14:02:00Z',
  checks: [
    {
      check: 'integrity',
      result: 'fail',
      code: 'signature-wrong',
      reason: 'The digital signature does not fit the text: at least one character was changed.',
      whatToDo: 'Do not rely on it. Ask the person for the original, or ask the issuer.',
    },
  ],
};

export const withdrawn: Verification = {
  ...genuine,
  verdict: 'withdrawn',
  credential: {
    title: 'Anatomy 1',
    issuerName: 'Aurora Open University',
    issuedAt: '2025-10-02T12:01:00Z',
    withdrawnAt: '2025-12-01T08:00:00Z',
  },
  checks: genuine.checks.map((check) =>
    check.check === 'status'
      ? {
          check: 'status',
          result: 'fail',
          code: 'withdrawn',
          reason:
            'The issuer withdrew it on 1 December 2025. Reason: entered for the wrong course.',
          whatToDo: 'Do not rely on it. The person can ask the issuer why.',
        }
      : check.check === 'ledger'
        ? {
            ...check,
            result: 'could-not-check',
            code: 'away',
            reason: 'The ledger did not answer.',
          }
        : check,
  ),
};
