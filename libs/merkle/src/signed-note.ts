import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';

/** Signature types of C2SP: of a note by whom it is about, and of a cosigner (tlog-cosignature). */
const TYPES = { signature: 0x01, cosignature: 0x04 } as const;
type NoteKeyType = keyof typeof TYPES;
const KEY_ID_BYTES = 4;
const SIGNATURE_BYTES = 64;
const TIME_BYTES = 8;
const PUBLIC_KEY_BYTES = 32;
/** PKCS #8 header of an Ed25519 private key (RFC 8410 §7); the seed follows. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
/** SubjectPublicKeyInfo of an Ed25519 key (RFC 8410), up to the key itself. */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
/** Longer notes, and more signatures than this, are nobody's checkpoint. */
const NOTE_CHARS_MAX = 100_000;
const SIGNATURES_MAX = 100;
const SIGNATURE_LINE = /^— (?<name>[^\s+]+) (?<blob>[A-Za-z0-9+/]+={0,2})$/u;
const VERIFIER_KEY = /^(?<name>[^\s+]+)\+(?<id>[0-9a-f]{8})\+(?<key>[A-Za-z0-9+/]+={0,2})$/u;

/** By whom a note may be signed: what a verifier key (vkey) says. */
export interface NoteKey {
  readonly name: string;
  readonly type: NoteKeyType;
  /** First four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key). */
  readonly id: Buffer;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Buffer;
}

const keyOf = (name: string, type: NoteKeyType, publicKey: Buffer): NoteKey => {
  if (!/^[^\s+]+$/u.test(name)) throw new Error('a key name has no space and no plus');
  const typed = Buffer.concat([Buffer.of(TYPES[type]), publicKey]);
  const digest = createHash('sha256').update(`${name}\n`).update(typed).digest();
  return { name, type, id: digest.subarray(0, KEY_ID_BYTES), publicKey };
};

/** The Ed25519 private key of a seed of 32 bytes. */
export const notePrivateKey = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });

/** The key of a note that is signed with this Ed25519 key, private or public. */
export const noteKey = (name: string, key: KeyObject, type: NoteKeyType = 'signature'): NoteKey => {
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('not an Ed25519 key');
  const isPublic = key.type === 'public';
  const spki = (isPublic ? key : createPublicKey(key)).export({ format: 'der', type: 'spki' });
  return keyOf(name, type, spki.subarray(SPKI.length));
};

/** `name+id+key`, as C2SP signed-note writes a verifier key. */
export const formatVerifierKey = ({ name, type, id, publicKey }: NoteKey): string => {
  const typed = Buffer.concat([Buffer.of(TYPES[type]), publicKey]);
  return `${name}+${id.toString('hex')}+${typed.toString('base64')}`;
};

/** Reads a verifier key. Throws unless it is one of Ed25519 whose id fits. */
export const parseVerifierKey = (text: string): NoteKey => {
  const { name = '', id, key = '' } = VERIFIER_KEY.exec(text)?.groups ?? {};
  const typed = Buffer.from(key, 'base64');
  const type = typed[0] === TYPES.cosignature ? 'cosignature' : 'signature';
  if (typed[0] !== TYPES[type] || typed.length !== 1 + PUBLIC_KEY_BYTES)
    throw new Error('not a verifier key of Ed25519');
  const read = keyOf(name, type, typed.subarray(1));
  if (read.id.toString('hex') !== id) throw new Error('the id of the verifier key does not fit');
  return read;
};

/** Signs a text (C2SP signed-note v1.0.0). The text ends with a line feed. */
export const signNote = (text: string, name: string, privateKey: KeyObject): string => {
  if (!isNoteText(text)) throw new Error('not the text of a note');
  const { id } = noteKey(name, privateKey);
  const blob = Buffer.concat([id, sign(null, Buffer.from(text), privateKey)]);
  return `${text}\n— ${name} ${blob.toString('base64')}\n`;
};

/**
 * The line with which a cosigner says at `time` that it saw this text (C2SP tlog-cosignature v1),
 * with its line feed: to be put at the end of the signed note.
 */
export const cosignNote = (
  text: string,
  name: string,
  privateKey: KeyObject,
  time: Date,
): string => {
  if (!isNoteText(text)) throw new Error('not the text of a note');
  const { id } = noteKey(name, privateKey, 'cosignature');
  const seconds = Buffer.alloc(TIME_BYTES);
  seconds.writeBigUInt64BE(BigInt(Math.floor(time.getTime() / 1_000)));
  const signature = sign(null, cosigned(text, seconds), privateKey);
  return `— ${name} ${Buffer.concat([id, seconds, signature]).toString('base64')}\n`;
};

const cosigned = (text: string, seconds: Buffer): Buffer =>
  Buffer.from(`cosignature/v1\ntime ${seconds.readBigUInt64BE()}\n${text}`);

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
  const head = KEY_ID_BYTES + (key.type === 'cosignature' ? TIME_BYTES : 0);
  const signature = bytes.subarray(head);
  const der = Buffer.concat([SPKI, key.publicKey]);
  const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
  if (signature.length !== SIGNATURE_BYTES) throw new Error('a signature of a known key is wrong');
  const signed =
    key.type === 'cosignature'
      ? cosigned(text, bytes.subarray(KEY_ID_BYTES, head))
      : Buffer.from(text);
  if (!verify(null, signed, publicKey, signature))
    throw new Error('a signature of a known key is wrong');
  return key;
};
