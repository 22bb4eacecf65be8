import type { EntryKind } from '#contracts';
import type { EncodedCall, EncodedEntry, Envelope } from '../log-writer.js';

/**
 * Calls as they go from one thread to another: a few flat values, whatever they hold. To clone an
 * object for each entry would take both threads longer than writing it takes one.
 */
export interface PackedCalls {
  /** Number of the first; the others follow one by one. */
  readonly first: number;
  /** For each call: how many entries it has, when it was recorded, and what a conflict does. */
  readonly calls: Float64Array;
  /** For each entry: what it has, its version, its time, and how long its bytes are. */
  readonly entries: Float64Array;
  /** For each entry its texts, with NUL between them, which no envelope holds. */
  readonly texts: string;
  /** For each entry the MAC of its content and its leaf. */
  readonly bytes: Uint8Array;
}

const CALL_NUMBERS = 3;
const ENTRY_NUMBERS = 5;
const ENTRY_TEXTS = 7;
/** What an entry may have or not. */
const PROVIDER = 1;
const ALIAS = 2;
const STREAM = 4;
const VERSION = 8;
const INTAKE = 16;

const hasOf = ({ provider, alias, stream, version, intake }: Envelope): number =>
  (provider === undefined ? 0 : PROVIDER) |
  (alias === undefined ? 0 : ALIAS) |
  (stream === undefined ? 0 : STREAM) |
  (version === undefined ? 0 : VERSION) |
  (intake === undefined ? 0 : INTAKE);

/** In: calls, and the number of the first. Out: nothing of them is referred to. */
export const packCalls = (first: number, given: readonly EncodedCall[]): PackedCalls => {
  const all = given.flatMap(({ entries }) => entries);
  const calls = new Float64Array(given.length * CALL_NUMBERS);
  for (const [n, { entries, recordedAt, onConflict }] of given.entries())
    calls.set(
      [entries.length, recordedAt.getTime(), Number(onConflict === 'refuse')],
      CALL_NUMBERS * n,
    );
  const length = all.reduce(
    (sum, { entry, leaf }) => sum + leaf.length + (entry.intake?.contentMac.length ?? 0),
    0,
  );
  const bytes = new Uint8Array(length);
  const entries = new Float64Array(all.length * ENTRY_NUMBERS);
  const texts: string[] = [];
  let [at, n] = [0, 0];
  for (const { entry, leaf } of all) {
    const { id, kind, time, provider = '', alias = '', stream = '', version = 0, intake } = entry;
    const mac = intake?.contentMac;
    texts.push(id, kind, provider, alias, stream, intake?.source ?? '', intake?.eventId ?? '');
    entries[n] = hasOf(entry);
    entries[n + 1] = version;
    entries[n + 2] = time.getTime();
    entries[n + 3] = mac?.length ?? 0;
    entries[n + 4] = leaf.length;
    n += ENTRY_NUMBERS;
    if (mac) bytes.set(mac, at);
    at += mac?.length ?? 0;
    bytes.set(leaf, at);
    at += leaf.length;
  }
  return { first, calls, entries, texts: texts.join('\0'), bytes };
};

/** What must be handed over, so that it is not copied. */
export const transferOf = ({ calls, entries, bytes }: PackedCalls): readonly ArrayBuffer[] =>
  [calls, entries, bytes].map(({ buffer }) => buffer as ArrayBuffer);

/** The calls, in order. Their bytes are views of those that were packed. */
export const unpackCalls = (packed: PackedCalls): readonly EncodedCall[] => {
  const entries = entriesOf(packed);
  const { calls } = packed;
  return Array.from({ length: calls.length / CALL_NUMBERS }, (_, n) => {
    const [count = 0, recordedAt = 0, refuses] = calls.subarray(CALL_NUMBERS * n);
    return {
      entries: Array.from({ length: count }, () => entries.next().value as EncodedEntry),
      recordedAt: new Date(recordedAt),
      onConflict: refuses === 1 ? 'refuse' : 'answer',
    };
  });
};

function* entriesOf({ entries, texts, bytes }: PackedCalls): Generator<EncodedEntry> {
  const text = texts.split('\0');
  const { buffer } = bytes;
  let at = 0;
  for (let n = 0; n * ENTRY_NUMBERS < entries.length; n += 1) {
    const [has = 0, version = 0, time = 0, mac = 0, leaf = 0] = entries.subarray(ENTRY_NUMBERS * n);
    const [id = '', kind = '', provider, alias, stream, source = '', eventId = ''] = text.slice(
      ENTRY_TEXTS * n,
      ENTRY_TEXTS * (n + 1),
    );
    const contentMac = Buffer.from(buffer, at, mac);
    const entry: Envelope = {
      id,
      kind: kind as EntryKind,
      time: new Date(time),
      ...(has & PROVIDER && { provider }),
      ...(has & ALIAS && { alias }),
      ...(has & STREAM && { stream }),
      ...(has & VERSION && { version }),
      ...(has & INTAKE && { intake: { source, eventId, contentMac } }),
    };
    yield { entry, leaf: Buffer.from(buffer, at + mac, leaf) };
    at += mac + leaf;
  }
}
