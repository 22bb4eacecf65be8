import { hash } from 'node:crypto';
import type { LearningEventData } from '#contracts';
import { canonicalJson } from '#merkle';
import type { Provider } from './domain/admission.js';
import type { Moment, Report } from './domain/report.js';

/** A report on its way into the log, with what is kept of the form in which it came. */
export interface Submission {
  readonly report: Report;
  readonly raw: LearningEventData['raw'];
  /** What is compared when its source and id come again: what the provider said, and no more. */
  readonly content: string;
  /** When it happened, if that was said: compared where the other says it too. */
  readonly happenedAt?: Moment | undefined;
  /** The stream that it begins as the first of a series (see Series). */
  readonly begins?: string;
  /** The provider that it is said for, where that is not its sender: see Correctors. */
  readonly principal?: Provider | undefined;
  /** Ids of xAPI statements are UUIDs. */
  readonly idStyle: 'hash' | 'uuid';
}

/** Nothing a provider means is nested deeper; what is could exhaust a reader's stack. */
const DEPTH_MAX = 32;
const UNWRITABLE = 'Text must not hold NUL or half a character.';
/** NUL, and half a surrogate pair, as JCS writes them: no database and no UTF-8 can hold them. */
const NOT_TEXT = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/u;

/**
 * A parsed JSON value in canonical form (RFC 8785), or in plain words why it cannot be kept.
 * Parsers disagree on what is refused here, and a value must mean the same to every reader.
 */
export const canonicalOf = (value: unknown): { text: string } | { detail: string } => {
  const detail = tooMuch(value);
  if (detail !== undefined) return { detail };
  const text = canonicalJson(value);
  return text.includes('\\u') && NOT_TEXT.test(text) ? { detail: UNWRITABLE } : { text };
};

/** The same question without the canonical form: why a parsed JSON value cannot be kept. */
export const unstorable = (value: unknown): string | undefined => tooMuch(value, unwritable);

/** What may be unwritable: asked for first, as it is cheap and rarely so. */
// oxlint-disable-next-line no-control-regex -- NUL is what is looked for
const SUSPICIOUS = /[\0\ud800-\udfff]/;

const unwritable = (text: string): string | undefined =>
  SUSPICIOUS.test(text) && (text.includes('\0') || !text.isWellFormed()) ? UNWRITABLE : undefined;

const tooMuch = (
  value: unknown,
  ofText?: (text: string) => string | undefined,
  depth = DEPTH_MAX,
): string | undefined => {
  if (typeof value === 'string') return ofText?.(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return 'A number is too large.';
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === 0) return 'Nested too deeply.';
  // Apart, as going by name is slow for a list.
  if (Array.isArray(value)) {
    for (const part of value) {
      const detail = tooMuch(part, ofText, depth - 1);
      if (detail !== undefined) return detail;
    }
    return undefined;
  }
  for (const name in value) {
    const part = (value as Readonly<Record<string, unknown>>)[name];
    const detail = ofText?.(name) ?? tooMuch(part, ofText, depth - 1);
    if (detail !== undefined) return detail;
  }
  return undefined;
};

export const sha256 = (text: string): string => hash('sha256', text);

/** SHA-1 (hex) of a mailto IRI (xAPI 1.0.3 part 2 §2.4.2.3), which names a learner by their mail. */
export const mailHash = (mbox: string): string => hash('sha1', mbox);

/** The time follows the HMAC, so that it is compared only where both say one (see NewEntry). */
export const withTime = (mac: Uint8Array, happenedAt: Moment | undefined): Uint8Array => {
  if (happenedAt === undefined) return mac;
  const time = Buffer.alloc(8);
  time.writeBigInt64BE(BigInt(happenedAt));
  return Buffer.concat([mac, time]);
};
