const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

const LINES = 30;
/** Excel writes and reads such a first line. */
const SEPARATOR_LINE = /^\uFEFF?sep=(?<delimiter>[,;\t|])\r?\n/iu;

/** What Excel's own first line says of the delimiter, if there is one. */
export const statedDelimiter = (text: string): Delimiter | undefined =>
  SEPARATOR_LINE.exec(text)?.groups?.['delimiter'] as Delimiter | undefined;

/** The sign between cells: the one that cuts the first lines into as many parts each time. */
export const delimiterOf = (text: string): Delimiter => {
  const stated = statedDelimiter(text);
  if (stated !== undefined) return stated;
  const lines = linesOf(text);
  const scored = DELIMITERS.map((delimiter) => ({ delimiter, score: scoreOf(lines, delimiter) }));
  const [best] = scored.toSorted((a, b) => b.score - a.score);
  return best && best.score > 0 ? best.delimiter : ',';
};

/** The first lines without what stands in quotes. */
const linesOf = (text: string): readonly string[] =>
  text
    .replaceAll(/"(?:[^"]|"")*"/gu, 'x')
    .split(/\r\n|\n|\r/u, LINES)
    .filter((line) => line.trim() !== '');

const scoreOf = (lines: readonly string[], delimiter: string): number => {
  const counts = lines.map((line) => line.split(delimiter).length - 1);
  const often = new Map<number, number>();
  for (const count of counts) if (count > 0) often.set(count, (often.get(count) ?? 0) + 1);
  const [best] = [...often].toSorted(([a, x], [b, y]) => y - x || b - a);
  if (!best) return 0;
  const [count, alike] = best;
  // Lines that agree count for most; then how many parts.
  return (alike / lines.length) * 100 + Math.min(count, 50) / 100;
};
