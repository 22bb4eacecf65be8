import { DomainError } from '#kernel';
import { isEntryKind, type Message, topicOf } from '#contracts';
import { canonicalJson, type Hmac } from '#merkle';
import type { NewEntry } from './log.js';
import { TextArena } from './text-arena.js';

/** An entry bundle (C2SP tlog-tiles) gives the length of an entry in two bytes. */
export const LEAF_BYTES_MAX = 65_535;

/** What PostgreSQL's text and RFC 3339 can hold: columns and leaf must say the same. */
const checkEnvelope = ({ id, provider, alias, stream, intake }: NewEntry): void => {
  for (const text of [id, provider, alias, stream, intake?.source, intake?.eventId])
    if (text !== undefined && (!text.isWellFormed() || text.includes('\0')))
      throw new TypeError('an envelope holds well-formed text without NUL');
};

const ISO_LENGTH = 'YYYY-MM-DDTHH:mm:ss.sssZ'.length;

/** As RFC 3339 writes it. Throws RangeError for a time that it cannot. */
const timeText = (time: Date): string => {
  const text = time.toISOString();
  if (text.length !== ISO_LENGTH) throw new RangeError('a time has a year of four digits');
  return text;
};

let last = { recordedAt: new Date(0), text: '' };

/** All entries of a call are recorded at one time, so the last one is kept. */
const recordedText = (recordedAt: Date): string => {
  if (last.recordedAt !== recordedAt) last = { recordedAt, text: timeText(recordedAt) };
  return last.text;
};

/** The same bytes, with a Buffer's methods. */
const asBuffer = ({ buffer, byteOffset, length }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, length);

const leaves = new TextArena();

/**
 * The exact bytes of an entry: one JSON object, keys in this order, absent ones left out, `data`
 * canonical (RFC 8785), `contentMac` in hex, `sealed` in base64url. Everything a reader needs is
 * in it; what is personal is in `sealed`. Written key by key, as that takes half the time.
 * Throws DomainError `too-large`; TypeError or RangeError for what no entry can say.
 */
export const encodeLeaf = (entry: NewEntry, recordedAt: Date): Buffer => {
  checkEnvelope(entry);
  const { id, kind, time, provider, alias, stream, version, intake, data, sealed } = entry;
  let text = `{"v":1,"id":${JSON.stringify(id)},"kind":${JSON.stringify(kind)}`;
  text += `,"time":"${timeText(time)}","recordedAt":"${recordedText(recordedAt)}"`;
  if (provider !== undefined) text += `,"provider":${JSON.stringify(provider)}`;
  if (alias !== undefined) text += `,"alias":${JSON.stringify(alias)}`;
  if (stream !== undefined) text += `,"stream":${JSON.stringify(stream)}`;
  if (version !== undefined) text += `,"version":${JSON.stringify(version)}`;
  if (intake) text += `,"contentMac":"${asBuffer(intake.contentMac).toString('hex')}"`;
  text += `,"data":${canonicalJson(data)}`;
  text += sealed ? `,"sealed":"${asBuffer(sealed).toString('base64url')}"}` : '}';
  const leaf = leaves.write(text);
  if (leaf.length > LEAF_BYTES_MAX)
    throw new DomainError('too-large', `An entry may have ${LEAF_BYTES_MAX} bytes.`);
  return leaf;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What each key of a leaf must hold; `?` where it may be absent. */
const KEYS = {
  v: 'number',
  id: 'string',
  kind: 'string',
  time: 'string',
  recordedAt: 'string',
  provider: 'string?',
  alias: 'string?',
  stream: 'string?',
  version: 'number?',
  contentMac: 'string?',
  data: 'object',
  sealed: 'string?',
} as const;
const REQUIRED = Object.values(KEYS).filter((type) => !type.endsWith('?')).length;
const typeOf = new Map<string, string>(Object.entries(KEYS));

/** A leaf as it is written, with the personal part in base64url. */
export interface LeafText extends Omit<Message, 'log' | 'seq' | 'topic' | 'sealed'> {
  readonly contentMac?: string;
  readonly sealed?: string;
}

/** By hand, as every entry that is read passes here, and a schema takes longer than JSON.parse. */
const isLeaf = (value: unknown): value is LeafText => {
  if (!isObject(value)) return false;
  let required = 0;
  for (const key of Object.keys(value)) {
    const type = typeOf.get(key);
    if (type === undefined) return false;
    if (!type.startsWith(typeof value[key])) return false;
    if (!type.endsWith('?')) required += 1;
  }
  const { v, kind, version = 0, data } = value;
  return (
    required === REQUIRED &&
    v === 1 &&
    isEntryKind(String(kind)) &&
    Number.isFinite(version) &&
    isObject(data)
  );
};

/** What a leaf says, as it says it. Throws if it is not a leaf of ours. */
export const parseLeaf = (leaf: Uint8Array | string): LeafText => {
  const value: unknown = JSON.parse(typeof leaf === 'string' ? leaf : asBuffer(leaf).toString());
  if (!isLeaf(value)) throw new TypeError('the bytes are not an entry');
  return value;
};

export interface DecodedLeaf extends Omit<Message, 'log' | 'seq'> {
  readonly contentMac?: string;
}

/** What a leaf says. Throws if it is not a leaf of ours. */
export const decodeLeaf = (leaf: Uint8Array): DecodedLeaf => {
  const { v: _v, sealed, ...rest } = parseLeaf(leaf) as LeafText & { readonly v: 1 };
  return {
    ...rest,
    topic: topicOf[rest.kind],
    ...(sealed === undefined ? {} : { sealed: Buffer.from(sealed, 'base64url') }),
  };
};

/** Under what an intake event is known, as text of one character a byte. */
export interface IntakeKeys {
  /** 128 bits of HMAC-SHA-256 of source and id. */
  readonly identity: string;
  /** The same, ordered by time: 48 bits of milliseconds, then 80 bits of the HMAC. */
  readonly dedup: string;
}

const IDENTITY_BYTES = 16;
const TIME_BYTES = 6;
const timeBytes = Buffer.alloc(TIME_BYTES);

/**
 * The keys under which an intake event is known. Input: the HMAC under the installation's secret,
 * and the event.
 */
export const intakeKeys = (hmac: Hmac, source: string, eventId: string, time: Date): IntakeKeys => {
  const mac = hmac.asText(`${source}\0${eventId}`);
  timeBytes.writeUIntBE(Math.min(Math.max(time.getTime(), 0), 2 ** 48 - 1), 0, TIME_BYTES);
  return {
    identity: mac.slice(0, IDENTITY_BYTES),
    dedup: timeBytes.toString('latin1') + mac.slice(0, IDENTITY_BYTES - TIME_BYTES),
  };
};
