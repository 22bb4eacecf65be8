import type { Check, CheckName, Verdict } from '#contracts';

/**
 * The verdict over the checks, the gravest first:
 * 1. changed: it was altered, or not signed by whom it names;
 * 2. could not check: without a signature that fits, nothing else in it can be relied on;
 * 3. withdrawn, not yet valid, expired: the issuer's own word on when it counts;
 * 4. incomplete;
 * 5. unknown issuer: only that is open, so it is no accusation;
 * 6. could not check: something else was open, and nothing is wrong;
 * 7. genuine. A warning beside it is shown and does not change it.
 */
export const verdictOf = (checks: readonly Check[]): Verdict => {
  const of = (name: CheckName): Check | undefined => checks.find(({ check }) => check === name);
  const signature = [of('integrity'), of('signer')];
  if (signature.some((check) => check?.result === 'fail')) return 'changed';
  if (signature.some((check) => check?.result !== 'pass')) return 'could-not-check';
  if (of('status')?.result === 'fail') return 'withdrawn';
  if (of('dates')?.code === 'not-yet-valid') return 'not-yet-valid';
  if (of('dates')?.code === 'expired') return 'expired';
  if (of('complete')?.result === 'fail') return 'incomplete';
  if (of('issuer')?.result === 'warning') return 'unknown-issuer';
  return checks.some(({ result }) => result === 'could-not-check') ? 'could-not-check' : 'genuine';
};

/**
 * The checks to show. If the text was changed, or somebody else signed it, what the rest of the
 * file claims is worth nothing and is left out.
 */
export const shownChecks = (checks: readonly Check[]): readonly Check[] => {
  const failed = checks.findIndex(
    ({ check, result }) => result === 'fail' && (check === 'integrity' || check === 'signer'),
  );
  return failed === -1 ? checks : checks.slice(0, failed + 1);
};
