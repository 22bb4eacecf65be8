import type { ImportMapping } from '#contracts';
import { dateOfSerial } from '../xlsx/number-formats.js';
import { westernDigits } from './numbers.js';
import { fault, type Read } from './result.js';
import { folded } from './text.js';

export type DateOrder = NonNullable<ImportMapping['dateOrder']>;

const TIME =
  /(?:[T\s,]+(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,]\d+)?)?\s*(?<half>[ap]\.?m\.?)?\s*(?<offset>Z|[+-]\d{2}:?\d{2})?)?$/iu;
const DAY_FIRST_YEAR = /^(?<year>\d{4})[-/.年]\s?(?<month>\d{1,2})[-/.月]\s?(?<day>\d{1,2})日?/u;
const COMPACT = /^(?<year>(?:19|20)\d{2})(?<month>\d{2})(?<day>\d{2})$/u;
const NUMBERS = /^(?<a>\d{1,2})\s?[-/.]\s?(?<b>\d{1,2})\s?[-/.]\s?(?<year>\d{4}|\d{2})\.?/u;
const DAY_NAME_YEAR =
  /^(?<day>\d{1,2})(?:\.|st|nd|rd|th|º|er)?[\s-]+(?:de\s+)?(?<name>\p{L}+)\.?,?[\s-]+(?:de\s+)?(?<year>\d{4})/iu;
const NAME_DAY_YEAR = /^(?<name>\p{L}+)\.?\s+(?<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?<year>\d{4})/iu;
/** Two digits of a year: as spreadsheets read them. */
const CENTURY_TURNS_AT = 50;
/** Serial numbers of 1954 to 2119: others stand for something else. */
const [SERIAL_MIN, SERIAL_MAX] = [20_000, 80_000];
const SERIAL = /^\d{5}(?:\.\d+)?$/u;
/** A day without a time is told as its noon: that day in nearly every time zone. */
const NOON = 'T12:00:00.000Z';
const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'ru', 'sv', 'tr', 'id'];

const notADate = fault(
  'This is not a date that we can read.',
  'Write it as year-month-day, for example 2026-06-12.',
);
const noSuchDay = fault('No calendar has this day.', 'Check the day and the month.');

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/**
 * The moment of a date as people write it, as RFC 3339 in UTC. A time without an offset is taken as
 * UTC. `order` says what 3/4/2026 is; a number is a spreadsheet's serial date.
 */
export const dateOf = (cell: string, order: DateOrder, date1904 = false): Read<string> => {
  const text = westernDigits(cell).trim();
  if (SERIAL.test(text)) return ofSerial(Number(text), date1904);
  const read = dayOf(text, order);
  if (!read) return notADate;
  const rest = TIME.exec(text.slice(read.length));
  if (!rest || rest.index !== 0) return notADate;
  const { year, month, day } = read.day;
  const date = new Date(Date.UTC(year, month - 1, day));
  if (year < 1900 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day)
    return noSuchDay;
  const iso = date.toISOString().slice(0, 10);
  return rest.groups?.['hour'] === undefined
    ? { value: `${iso}${NOON}` }
    : momentOf(iso, rest.groups);
};

const ofSerial = (serial: number, date1904: boolean): Read<string> => {
  const iso =
    serial >= SERIAL_MIN && serial <= SERIAL_MAX ? dateOfSerial(serial, date1904) : undefined;
  if (iso === undefined) return notADate;
  return { value: iso.length === 10 ? `${iso}${NOON}` : `${iso}.000Z` };
};

const momentOf = (
  day: string,
  parts: Readonly<Record<string, string | undefined>>,
): Read<string> => {
  const { minute = '0', second = '0', half, offset } = parts;
  let hour = Number(parts['hour']);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return noSuchDay;
    hour = (hour % 12) + (half.toLowerCase().startsWith('p') ? 12 : 0);
  }
  const two = (value: number | string): string => String(value).padStart(2, '0');
  const zone = (offset ?? 'Z').toUpperCase().replace(/(\d{2}):?(\d{2})$/u, '$1:$2');
  const moment = Date.parse(`${day}T${two(hour)}:${two(minute)}:${two(second)}${zone}`);
  return Number.isNaN(moment) ? noSuchDay : { value: new Date(moment).toISOString() };
};

const dayOf = (text: string, order: DateOrder): { day: Day; length: number } | undefined => {
  const iso = DAY_FIRST_YEAR.exec(text) ?? COMPACT.exec(text);
  if (iso) return found(iso, iso.groups?.['month'], iso.groups?.['day']);
  const numbers = NUMBERS.exec(text);
  if (numbers) {
    const { a, b } = numbers.groups ?? {};
    return order === 'mdy' ? found(numbers, a, b) : found(numbers, b, a);
  }
  const named = DAY_NAME_YEAR.exec(text) ?? NAME_DAY_YEAR.exec(text);
  const month = named && months().get(folded(named.groups?.['name'] ?? ''));
  return named && month !== undefined
    ? found(named, String(month), named.groups?.['day'])
    : undefined;
};

const found = (match: RegExpExecArray, month = '', day = ''): { day: Day; length: number } => {
  const written = match.groups?.['year'] ?? '';
  const short = Number(written);
  const year = written.length === 2 ? short + (short < CENTURY_TURNS_AT ? 2000 : 1900) : short;
  return { day: { year, month: Number(month), day: Number(day) }, length: match[0].length };
};

let known: Map<string, number> | undefined;
/** Names of months in many languages, long and short; made when first needed. */
const months = (): ReadonlyMap<string, number> => {
  if (known) return known;
  known = new Map();
  for (const language of LANGUAGES)
    for (const style of ['long', 'short'] as const)
      for (let month = 0; month < 12; month += 1) {
        const date = new Date(Date.UTC(2026, month, 15));
        // With a day, as some languages decline the name then.
        for (const day of [{}, { day: 'numeric' }] as const) {
          const format = new Intl.DateTimeFormat(language, {
            month: style,
            ...day,
            timeZone: 'UTC',
          });
          const part = format.formatToParts(date).find(({ type }) => type === 'month');
          const name = folded(part?.value ?? '');
          if (!/^\d*$/u.test(name) && !known.has(name)) known.set(name, month + 1);
        }
      }
  return known;
};

/** The order of day and month in a column, where one of its dates gives it away. */
export const dateOrderOf = (cells: readonly string[]): DateOrder | undefined => {
  let order: DateOrder | undefined;
  for (const cell of cells) {
    const text = westernDigits(cell).trim();
    if (DAY_FIRST_YEAR.test(text)) order ??= 'ymd';
    const { a, b } = NUMBERS.exec(text)?.groups ?? {};
    if (Number(a) > 12) return 'dmy';
    if (Number(b) > 12) return 'mdy';
    // With points it is a day first, wherever that is written.
    if (a !== undefined && text.includes('.')) order = 'dmy';
  }
  return order;
};
