import type { Check } from '#contracts';
import { type CheckCode, checkTable } from './check-table.js';

const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

/** A day as people write it: 12 June 2026 (UTC). */
export const day = (time: string): string => DAY.format(new Date(time));

/** One line of the result. Values come from files of others: they are cut to a readable length. */
export const check = (code: CheckCode, values: Readonly<Record<string, string>> = {}): Check => {
  const row = checkTable[code];
  const fill = (text: string): string =>
    text.replace(/\{(?<name>\w+)\}/gu, (_, name: string) => (values[name] ?? '').slice(0, 200));
  return {
    check: row.check,
    result: row.result,
    code,
    reason: fill(row.reason),
    ...('whatToDo' in row ? { whatToDo: row.whatToDo } : {}),
  };
};
