import { isEntryKind, type Message, topicOf } from '#contracts';
import { sourceOf, typeOf } from './attributes.js';
import type { Carried } from './due.js';
import type { Incoming } from './kafka.js';

const DIGITS = /^\d{1,15}$/u;
const MOMENT = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/u;
const DAY = 'yyyy-mm-dd'.length;
const BASE64URL = /^[A-Za-z0-9_-]+$/u;
const LOG_MAX = 64;
const ID_MAX = 200;

type Headers = Readonly<Record<string, unknown>>;

const textOf = (headers: Headers, name: string, most = Infinity): string | undefined => {
  const value = headers[name];
  return typeof value === 'string' && value.length > 0 && value.length <= most ? value : undefined;
};
const wholeOf = (text: unknown): number | undefined =>
  typeof text === 'string' && DIGITS.test(text) ? Number(text) : undefined;
/** A moment as we write them. */
const momentOf = (headers: Headers, name: string): string | undefined => {
  const text = textOf(headers, name);
  return text !== undefined && MOMENT.test(text) && isDay(text.slice(0, DAY)) ? text : undefined;
};

let lastDay: string | undefined;

/** Whether the month has it. Most records have that of the record before. */
const isDay = (day: string): boolean => {
  if (day === lastDay) return true;
  const date = new Date(day);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, DAY) !== day) return false;
  lastDay = day;
  return true;
};

let last: string | undefined;

/** What was recorded together has the same, so the last one is kept. */
const recordedIn = (headers: Headers): string | undefined => {
  if (last === undefined || headers['ce_ledgerrecorded'] !== last)
    last = momentOf(headers, 'ce_ledgerrecorded');
  return last;
};

/**
 * Reads a record as it is usually written. In: the topic, and the record. Out: what the schemas
 * would make of it, at a tenth of the cost; undefined for anything that is in any way unusual, of
 * which they shall judge.
 */
export const readUsual = (topic: string, record: Incoming): Carried | undefined => {
  const headers = record.headers ?? {};
  const log = textOf(headers, 'ce_ledgerlog', LOG_MAX);
  const seq = wholeOf(headers['ce_ledgerseq']);
  const given = headers['ce_ledgerprevious'];
  const previous = given === '-1' ? -1 : wholeOf(given);
  if (log === undefined || seq === undefined || previous === undefined || previous >= seq)
    return undefined;
  if (headers['ce_specversion'] !== '1.0' || headers['ce_source'] !== sourceOf(log))
    return undefined;
  const content = contentOf(topic, { log, seq }, headers, record.value);
  if (!content) return undefined;
  return { log, seq, previous, nextOffset: Number(record.offset) + 1, content };
};

const contentOf = (
  topic: string,
  position: { readonly log: string; readonly seq: number },
  headers: Headers,
  value: Buffer | null,
): Message | undefined => {
  const kind = textOf(headers, 'ce_ledgerkind');
  if (kind === undefined || !isEntryKind(kind) || topicOf[kind] !== topic) return undefined;
  if (headers['ce_type'] !== typeOf(kind)) return undefined;
  const id = textOf(headers, 'ce_id', ID_MAX);
  const time = momentOf(headers, 'ce_time');
  const recordedAt = recordedIn(headers);
  const said = saidIn(value);
  if (id === undefined || time === undefined || recordedAt === undefined || !said) return undefined;
  const message = { ...position, id, kind, topic: topicOf[kind], time, recordedAt, ...said };
  return withOptional(message, headers);
};

/** What may be left out of the headers, and is then left out of the message. */
const OPTIONAL = [
  ['ce_ledgerprovider', 'provider'],
  ['ce_subject', 'alias'],
  ['ce_ledgerstream', 'stream'],
] as const;

const withOptional = (
  message: { -readonly [K in keyof Message]: Message[K] },
  headers: Headers,
): Message | undefined => {
  for (const [name, property] of OPTIONAL) {
    if (headers[name] === undefined) continue;
    const text = textOf(headers, name);
    if (text === undefined) return undefined;
    message[property] = text;
  }
  if (headers['ce_ledgerversion'] === undefined) return message;
  const version = wholeOf(headers['ce_ledgerversion']);
  if (version === undefined || version === 0) return undefined;
  message.version = version;
  return message;
};

const saidIn = (value: Buffer | null): Pick<Message, 'data' | 'sealed'> | undefined => {
  const said = parsed(value) as { readonly data?: unknown; readonly sealed?: unknown } | undefined;
  if (typeof said !== 'object' || said === null) return undefined;
  const { data, sealed, ...others } = said;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
  if (Object.keys(others).length > 0) return undefined;
  if (sealed === undefined) return { data };
  if (typeof sealed !== 'string' || !BASE64URL.test(sealed)) return undefined;
  return { data, sealed: Buffer.from(sealed, 'base64url') };
};

const parsed = (value: Buffer | null): unknown => {
  try {
    return value === null ? undefined : JSON.parse(value.toString());
  } catch {
    return undefined;
  }
};
