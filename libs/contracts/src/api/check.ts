import { z } from 'zod';

/** The seven checks, in the order in which they are shown. */
export const CheckName = z.enum([
  'integrity',
  'signer',
  'issuer',
  'status',
  'dates',
  'ledger',
  'complete',
]);
export type CheckName = z.infer<typeof CheckName>;
export const CheckResult = z.enum(['pass', 'warning', 'fail', 'could-not-check']);
export type CheckResult = z.infer<typeof CheckResult>;

export const Check = z
  .object({
    check: CheckName,
    result: CheckResult,
    /** Stable, for programs and for translations. */
    code: z.string(),
    /** Plain words. */
    reason: z.string(),
    whatToDo: z.string().optional(),
  })
  .meta({ id: 'Check' });
export type Check = z.infer<typeof Check>;

export const Verdict = z.enum([
  'genuine',
  'changed',
  'withdrawn',
  'expired',
  'not-yet-valid',
  'unknown-issuer',
  'incomplete',
  'could-not-check',
]);
export type Verdict = z.infer<typeof Verdict>;

export const VerificationRequest = z
  .strictObject({ credential: z.union([z.record(z.string(), z.unknown()), z.string().min(1)]) })
  .meta({ id: 'VerificationRequest' });
/** What a check found. If `integrity` fails the rest is left out: nothing in the file can be trusted. */
export const Verification = z
  .object({
    verdict: Verdict,
    checkedAt: z.iso.datetime(),
    checks: z.array(Check),
    credential: z
      .object({
        title: z.string(),
        issuerName: z.string(),
        issuedAt: z.string().optional(),
        validUntil: z.string().optional(),
        withdrawnAt: z.string().optional(),
        credit: z.object({ system: z.string(), value: z.number() }).optional(),
        eqfLevel: z.int().optional(),
      })
      .optional(),
  })
  .meta({ id: 'Verification' });
export type Verification = z.infer<typeof Verification>;
