import type { Check, CheckName, Verdict } from '#contracts';
import { type CheckText, type TextCode, texts } from './texts.js';

/** What was found about a credential, one code for each check, with what fills the text. */
export interface Found {
  readonly code: TextCode;
  readonly fill?: Readonly<Record<string, string>>;
}

/** The check that a code stands for, in words. */
export const checkOf = ({ code, fill = {} }: Found): Check => {
  const { check, result, reason, whatToDo }: CheckText = texts[code];
  const filled = reason.replace(/\{(?<name>\w+)\}/gu, (_, name: string) => fill[name] ?? '');
  return { check, result, code, reason: filled, ...(whatToDo === undefined ? {} : { whatToDo }) };
};

/**
 * The report: the checks in their order and the verdict. Where the integrity check fails the rest
 * is left out, because nothing in the file can be trusted.
 */
export const report = (found: readonly Found[]): { verdict: Verdict; checks: Check[] } => {
  const checks = found.map(checkOf);
  const integrity = checks.filter(({ check }) => check === 'integrity');
  if (integrity.some(({ result }) => result === 'fail'))
    return { verdict: 'changed', checks: integrity };
  return { verdict: verdictOf(checks), checks };
};

/**
 * Worst first. A forged signer weighs more than a withdrawal, a withdrawal more than a date; what
 * could not be checked counts only where nothing failed.
 */
const verdictOf = (checks: readonly Check[]): Verdict => {
  const of = (name: CheckName): Check | undefined => checks.find(({ check }) => check === name);
  const failed = (name: CheckName): boolean => of(name)?.result === 'fail';
  if (failed('integrity') || failed('signer') || failed('ledger')) return 'changed';
  if (failed('status')) return 'withdrawn';
  if (failed('dates')) return of('dates')?.code === 'not-yet-valid' ? 'not-yet-valid' : 'expired';
  if (checks.some(({ result }) => result === 'could-not-check')) return 'could-not-check';
  if (of('issuer')?.result === 'warning') return 'unknown-issuer';
  if (of('complete')?.result === 'warning' || of('dates')?.result === 'warning')
    return 'incomplete';
  return 'genuine';
};
