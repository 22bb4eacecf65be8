import { type KeyObject, sign, verify } from 'node:crypto';
import { parseCheckpoint } from './checkpoint.js';
import {
  ALGORITHMS,
  cosignatureTypeOf,
  KEY_ID_BYTES,
  type NoteKey,
  noteKey,
  publicKeyOf,
} from './note-keys.js';

const TIME_BYTES = 8;
/** POSIX times end here (tlog-cosignature). */
const TIME_MAX = 2n ** 63n - 1n;
/** Longer notes, and more signatures than this, are nobody's checkpoint. */
const NOTE_CHARS_MAX = 100_000;
const SIGNATURES_MAX = 100;
const SIGNATURE_LINE = /^— (?<name>[^\s+]+) (?<blob>[A-Za-z0-9+/]+={0,2})$/u;
/** Of a `cosigned_message`; the text and a line feed and a zero byte. */
const SUBTREE_LABEL = Buffer.from('subtree/v1\n\0');
const OPAQUE_BYTES_MAX = 255;

/** Signs a text (C2SP signed-note v1.0.0). The text ends with a line feed. */
export const signNote = (text: string, name: string, privateKey: KeyObject): string => {
  if (!isNoteText(text)) throw new Error('not the text of a note');
  const { id } = noteKey(name, privateKey);
  const blob = Buffer.concat([id, sign(null, Buffer.from(text), privateKey)]);
  return `${text}\n— ${name} ${blob.toString('base64')}\n`;
};

/**
 * The line with which a cosigner says at `time` that it saw this text (C2SP tlog-cosignature v1), with
 * its line feed: to be put at the end of the signed note. By Ed25519 or ML-DSA-44, as the key is; with
 * the latter the text has to be a checkpoint.
 */
export const cosignNote = (
  text: string,
  name: string,
  privateKey: KeyObject,
  time: Date,
): string => {
  if (!isNoteText(text)) throw new Error('not the text of a note');
  const key = noteKey(name, privateKey, cosignatureTypeOf(privateKey));
  const seconds = Buffer.alloc(TIME_BYTES);
  seconds.writeBigUInt64BE(BigInt(Math.floor(time.getTime() / 1_000)));
  const signature = sign(null, signedBy(key, text, seconds), privateKey);
  return `— ${name} ${Buffer.concat([key.id, seconds, signature]).toString('base64')}\n`;
};

/** What a key signs of a text. Throws if it cannot be signed so. */
const signedBy = ({ type, name }: NoteKey, text: string, seconds: Buffer): Buffer => {
  if (type === 'signature') return Buffer.from(text);
  const time = seconds.readBigUInt64BE();
  if (type === 'cosignature') return Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);
  if (time > TIME_MAX) throw new Error('a cosignature of no time');
  return cosignedMessage(name, seconds, text);
};

/** `cosigned_message` of a whole checkpoint: without its extension lines, of which it says nothing. */
const cosignedMessage = (name: string, seconds: Buffer, text: string): Buffer => {
  const { origin, size, root } = parseCheckpoint(text);
  const range = Buffer.alloc(2 * TIME_BYTES);
  range.writeBigUInt64BE(BigInt(size), TIME_BYTES);
  return Buffer.concat([SUBTREE_LABEL, opaque(name), seconds, opaque(origin), range, root]);
};

/** `opaque<1..2^8-1>` (RFC 8446 §3.4). */
const opaque = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  if (bytes.length > OPAQUE_BYTES_MAX) throw new Error('a name of more than 255 bytes');
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
};

/**
 * The text of a note that one of these keys has signed. Signatures by others are let be, as the
 * specification says; one by a known key that is wrong refuses the whole.
 * Throws if nobody known has signed it, or if it is not a note.
 */
export const openNote = (note: string, keys: readonly NoteKey[]): string => {
  const { text, signers } = readNote(note, keys);
  if (signers.length === 0) throw new Error('no known key has signed this note');
  return text;
};

/** The text of a note and which of these keys have signed it. Throws as openNote does. */
export const readNote = (
  note: string,
  keys: readonly NoteKey[],
): { readonly text: string; readonly signers: readonly NoteKey[] } => {
  const { text, lines } = splitNote(note);
  return {
    text,
    signers: lines.flatMap((line) => {
      const signer = signerOf(text, line, keys);
      return signer ? [signer] : [];
    }),
  };
};

/** The second that a cosignature's line says it was made at; 0 for none. */
export const cosignedAt = (line: string): bigint => {
  const blob = Buffer.from(SIGNATURE_LINE.exec(line)?.groups?.['blob'] ?? '', 'base64');
  return blob.length < KEY_ID_BYTES + TIME_BYTES ? 0n : blob.readBigUInt64BE(KEY_ID_BYTES);
};

/** The text of a note and its signature lines, of whomever. Throws if it is not a note. */
export const splitNote = (
  note: string,
): { readonly text: string; readonly lines: readonly string[] } => {
  if (note.length > NOTE_CHARS_MAX) throw new Error('longer than a note may be');
  const end = note.lastIndexOf('\n\n');
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2).split('\n');
  if (end < 0 || !isNoteText(text) || lines.pop() !== '') throw new Error('not a note');
  if (lines.length === 0 || lines.length > SIGNATURES_MAX) throw new Error('not a signed note');
  return { text, lines };
};

/** The note with the signatures of these keys alone. Throws as openNote does for a wrong one. */
export const keepSignatures = (note: string, keys: readonly NoteKey[]): string => {
  const { text, lines } = splitNote(note);
  const known = lines.filter((line) => signerOf(text, line, keys) !== undefined);
  return `${text}\n${known.map((line) => `${line}\n`).join('')}`;
};

/** Without ASCII control characters, but for the line feed. */
const isNoteText = (text: string): boolean =>
  text.endsWith('\n') &&
  text.isWellFormed() &&
  Array.from(text).every((character) => character >= ' ' || character === '\n');

/** Undefined for a signature of somebody else. Throws for a wrong one of a known key. */
const signerOf = (text: string, line: string, keys: readonly NoteKey[]): NoteKey | undefined => {
  const { name, blob = '' } = SIGNATURE_LINE.exec(line)?.groups ?? {};
  const bytes = Buffer.from(blob, 'base64');
  if (name === undefined || bytes.length <= KEY_ID_BYTES) throw new Error('not a signature line');
  const id = bytes.subarray(0, KEY_ID_BYTES);
  const key = keys.find((known) => known.name === name && known.id.equals(id));
  if (!key) return undefined;
  if (!isSignedBy(key, text, bytes.subarray(KEY_ID_BYTES)))
    throw new Error('a signature of a known key is wrong');
  return key;
};

const isSignedBy = (key: NoteKey, text: string, blob: Buffer): boolean => {
  const head = key.type === 'signature' ? 0 : TIME_BYTES;
  if (blob.length !== head + ALGORITHMS[key.type].signatureBytes) return false;
  try {
    const signed = signedBy(key, text, blob.subarray(0, head));
    return verify(null, signed, publicKeyOf(key), blob.subarray(head));
  } catch {
    return false;
  }
};
