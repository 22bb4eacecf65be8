import type { Found } from './report.js';

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/u;

const parse = (value: unknown): number | undefined => {
  if (typeof value !== 'string' || !DATE_TIME.test(value)) return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
};

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** Whether a credential is in force at a time (VC Data Model 2.0 §4.9: offset required). */
export const checkDates = (
  { validFrom, validUntil }: { readonly validFrom?: unknown; readonly validUntil?: unknown },
  now: number,
): Found => {
  const from = parse(validFrom);
  const until = parse(validUntil);
  if (validFrom !== undefined && from === undefined) return { code: 'dates-malformed' };
  if (validUntil !== undefined && until === undefined) return { code: 'dates-malformed' };
  if (from !== undefined && until !== undefined && until < from) return { code: 'dates-malformed' };
  const fill = {
    from: from === undefined ? '' : day(from),
    until: until === undefined ? '' : day(until),
  };
  if (until !== undefined && until < now) return { code: 'expired', fill };
  if (from === undefined) return { code: 'dates-missing' };
  if (from > now) return { code: 'not-yet-valid', fill };
  return { code: until === undefined ? 'in-time' : 'in-time-until', fill };
};
