/** Formats that every program knows by number alone (ECMA-376 part 1, 18.8.30), those of dates. */
const BUILT_IN_DATES: readonly (readonly [from: number, to: number])[] = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
];

/** Whether numbers under this format are dates or times: its code names a day, month, year or hour. */
export const isDateFormat = (id: number, code: string | undefined): boolean => {
  if (code === undefined) return BUILT_IN_DATES.some(([from, to]) => id >= from && id <= to);
  // Without what is quoted, escaped, coloured or a condition; [h] is a time, too.
  const bare = code
    .replaceAll(/"[^"]*"|\\.|_.|\*./gu, '')
    .replaceAll(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/giu, '');
  return /[dmyhs]/iu.test(bare.replaceAll(/general/giu, ''));
};

const DAY_MS = 86_400_000;
/** Day 0 of the calendar that has a 29 February 1900, for days after it; and of the other. */
const EPOCH_1900 = Date.UTC(1899, 11, 30);
const EPOCH_1904 = Date.UTC(1904, 0, 1);
const LEAP_DAY_THAT_WAS_NOT = 60;
/** The end of the year 9999. */
const SERIAL_MAX = 2_958_466;

/**
 * The date of a serial number, as ISO 8601 without an offset: a day, or a moment to the second.
 * undefined for a number that is none.
 */
export const dateOfSerial = (serial: number, date1904: boolean): string | undefined => {
  if (!Number.isFinite(serial) || serial < 0 || serial >= SERIAL_MAX) return undefined;
  const epoch = date1904 ? EPOCH_1904 : EPOCH_1900;
  const days = !date1904 && serial < LEAP_DAY_THAT_WAS_NOT ? serial + 1 : serial;
  const seconds = Math.round((days * DAY_MS) / 1_000);
  const iso = new Date(epoch + seconds * 1_000).toISOString().slice(0, 19);
  return iso.endsWith('T00:00:00') ? iso.slice(0, 10) : iso;
};
