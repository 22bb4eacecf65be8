/** What is not a Char of XML 1.0 (§2.2): most control characters, lone surrogates, U+FFFE, U+FFFF. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** Plain text with line breaks, without what XML cannot carry (`xs:string`). */
export const xmlText = (text: string): string =>
  text.replace(FORBIDDEN, '').replace(/\r\n?/gu, '\n').trim();

/** One line, as `xs:token` reads it: no white space at the ends, single spaces within. */
export const xmlToken = (text: string): string =>
  text
    .replace(FORBIDDEN, '')
    .replace(/[\t\n\r ]+/gu, ' ')
    .replace(/^ | $/gu, '');

/** A number as `xs:decimal` has it: never in powers of ten. Throws RangeError if it is not finite. */
export const xmlDecimal = (value: number): string => {
  if (!Number.isFinite(value)) throw new RangeError('not a finite number');
  const text = String(value);
  if (!text.includes('e')) return text;
  const plain = value.toFixed(20);
  return plain.includes('e') ? BigInt(value).toString() : plain.replace(/\.?0+$/u, '');
};

/** The language tag if `xml:lang` (`xs:language`) takes it. */
export const xmlLanguage = (tag: string | undefined): string | undefined =>
  tag !== undefined && /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/u.test(tag) ? tag : undefined;
