import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { EMPTY_ROOT } from './hash.js';
import { formatVerifierKey, noteKey, notePrivateKey, parseVerifierKey } from './note-keys.js';
import { cosignedAt, cosignNote, openNote, readNote, signNote, splitNote } from './signed-note.js';

const TYPE = 'ml-dsa-cosignature';
const log = generateKeyPairSync('ed25519').privateKey;
const witness = notePrivateKey(Buffer.alloc(32, 7), 'ml-dsa-44');
const ORIGIN = 'example.com/behind-the-sofa';
const NAME = 'witness.example.com/w1';
const ROOT = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=';
const TEXT = `${ORIGIN}\n20852163\n${ROOT}\n`;
const note = signNote(TEXT, ORIGIN, log);
const logKey = noteKey(ORIGIN, log);
const key = noteKey(NAME, witness, TYPE);
const SECOND = 1_679_315_147;
const line = cosignNote(TEXT, NAME, witness, new Date(SECOND * 1_000 + 900));
const blobOf = (of: string): Buffer => Buffer.from(of.trim().split(' ')[2] ?? '', 'base64');

interface Parts {
  readonly label?: string;
  readonly name?: string;
  readonly time?: bigint;
  readonly origin?: string;
  readonly start?: bigint;
  readonly end?: bigint;
  readonly root?: Buffer;
}
const u64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
};
const opaque = (text: string) =>
  Buffer.concat([Buffer.of(Buffer.byteLength(text)), Buffer.from(text)]);
/** `cosigned_message`, byte for byte from tlog-cosignature. */
const message = (parts: Parts = {}): Buffer =>
  Buffer.concat([
    Buffer.from(parts.label ?? '737562747265652f76310a00', 'hex'),
    opaque(parts.name ?? NAME),
    u64(parts.time ?? BigInt(SECOND)),
    opaque(parts.origin ?? ORIGIN),
    u64(parts.start ?? 0n),
    u64(parts.end ?? 20_852_163n),
    parts.root ?? Buffer.from(ROOT, 'base64'),
  ]);
/** A line whose signature is of any bytes. */
const lineOf = (signed: Buffer, { time = BigInt(SECOND), name = NAME } = {}): string => {
  const blob = Buffer.concat([key.id, u64(time), sign(null, signed, witness)]);
  return `— ${name} ${blob.toString('base64')}\n`;
};

describe('a cosignature by ML-DSA-44', () => {
  it('is of the bytes of the specification', () => {
    const blob = blobOf(line);
    expect(blob.length).toBe(4 + 8 + 2_420);
    expect(cosignedAt(line.trim())).toBe(BigInt(SECOND));
    expect(verify(null, message(), witness, blob.subarray(12))).toBe(true);
    expect(openNote(`${note}${lineOf(message())}`, [key])).toBe(TEXT);
  });

  it('stands beside the signature of the log and a cosignature by Ed25519', () => {
    const other = generateKeyPairSync('ed25519').privateKey;
    const otherKey = noteKey(NAME, other, 'cosignature');
    const whole = `${note}${cosignNote(TEXT, NAME, other, new Date())}${line}`;
    expect(readNote(whole, [logKey, key, otherKey]).signers).toEqual([logKey, otherKey, key]);
    expect(readNote(whole, [key]).signers).toEqual([key]);
  });

  it('has a verifier key of its own type, whose id is of its bytes', () => {
    const vkey = formatVerifierKey(key);
    const bytes = Buffer.from(vkey.split('+').slice(2).join('+'), 'base64');
    expect([bytes.length, bytes[0]]).toEqual([1 + 1_312, 6]);
    const digest = createHash('sha256')
      .update(Buffer.from(`${NAME}\n`))
      .update(bytes)
      .digest();
    expect(vkey.startsWith(`${NAME}+${digest.toString('hex', 0, 4)}+`)).toBe(true);
    expect(parseVerifierKey(vkey)).toEqual(key);
  });

  it.each([
    ['another label', message({ label: '737562747265652f76320a00' })],
    ['the name of another cosigner', message({ name: 'witness.example.com/w2' })],
    ['another time', message({ time: BigInt(SECOND + 1) })],
    ['another log', message({ origin: `${ORIGIN}x` })],
    ['a part of the tree', message({ start: 1n })],
    ['another size', message({ end: 20_852_164n })],
    ['another root', message({ root: EMPTY_ROOT })],
    ['what Ed25519 signs', Buffer.from(`cosignature/v1\ntime ${SECOND}\n${TEXT}`)],
    ['the text', Buffer.from(TEXT)],
    ['nothing', Buffer.alloc(0)],
  ])('is refused if it is of %s', (_, signed) => {
    expect(() => openNote(`${note}${lineOf(signed)}`, [key])).toThrow('is wrong');
  });

  it.each([
    ['cut short', (blob: Buffer) => blob.subarray(0, -1)],
    ['too long', (blob: Buffer) => Buffer.concat([blob, Buffer.of(0)])],
    ['without a signature', (blob: Buffer) => blob.subarray(0, 12)],
    ['without a time', (blob: Buffer) => blob.subarray(0, 5)],
    [
      'of another signature',
      (blob: Buffer) => Buffer.concat([blob.subarray(0, 12), Buffer.alloc(2_420)]),
    ],
  ])('is refused when it is %s', (_, change) => {
    const other = `— ${NAME} ${change(blobOf(line)).toString('base64')}\n`;
    expect(() => openNote(`${note}${other}`, [key])).toThrow('is wrong');
  });

  it('is refused with a time that is none', () => {
    const time = 2n ** 63n;
    const late = lineOf(message({ time }), { time });
    expect(() => openNote(`${note}${late}`, [key])).toThrow('is wrong');
    expect(
      openNote(`${note}${lineOf(message({ time: time - 1n }), { time: time - 1n })}`, [key]),
    ).toBe(TEXT);
  });

  it('is of a checkpoint only, and of names that fit', () => {
    const at = (text: string, name = NAME) => cosignNote(text, name, witness, new Date());
    expect(() => at('hello\n')).toThrow('not a checkpoint');
    expect(() => at(TEXT.replace(ORIGIN, 'o'.repeat(256)))).toThrow('255 bytes');
    expect(() => at(TEXT, 'ö'.repeat(128))).toThrow('255 bytes');
    expect(at(TEXT.replace(ORIGIN, 'o'.repeat(255)))).toMatch(/^— /u);
  });

  it('says nothing of lines of extensions', () => {
    const more = `${TEXT}an extension\n`;
    const whole = `${signNote(more, ORIGIN, log)}${line}`;
    expect(readNote(whole, [logKey, key])).toEqual({ text: more, signers: [logKey, key] });
  });
});

describe('lines of algorithms and keys that nobody knows', () => {
  it.each([
    [
      'ML-DSA-44 of another key',
      () => cosignNote(TEXT, NAME, generateKeyPairSync('ml-dsa-44').privateKey, new Date()),
    ],
    [
      'a type that is not there yet',
      () => `— ${NAME} ${Buffer.alloc(3_321, 9).toString('base64')}\n`,
    ],
    ['an unknown witness', () => '— somebody.example AAAAAAAA\n'],
  ])('are kept and let be: %s', (_, make) => {
    const whole = `${note}${make()}${line}`;
    expect(readNote(whole, [logKey, key]).signers).toEqual([logKey, key]);
    expect(splitNote(whole).lines).toHaveLength(3);
    expect(() => openNote(`${note}${make()}`, [key])).toThrow('no known key');
  });
});

describe('a verifier key of ML-DSA-44', () => {
  const vkeyOf = (bytes: Buffer): string => {
    const id = createHash('sha256').update(`${NAME}\n`).update(bytes).digest('hex').slice(0, 8);
    return `${NAME}+${id}+${bytes.toString('base64')}`;
  };
  const typed = Buffer.concat([Buffer.of(6), key.publicKey]);
  it.each([
    ['cut short', vkeyOf(typed.subarray(0, -1))],
    ['too long', vkeyOf(Buffer.concat([typed, Buffer.of(0)]))],
    ['as long as one of Ed25519', vkeyOf(typed.subarray(0, 33))],
    ['of another type', vkeyOf(Buffer.concat([Buffer.of(1), key.publicKey]))],
    ['of a type that is not there', vkeyOf(Buffer.concat([Buffer.of(7), key.publicKey]))],
  ])('is refused if it is %s', (_, vkey) => {
    expect(() => parseVerifierKey(vkey)).toThrow('not a verifier key of Ed25519 or ML-DSA-44');
  });

  it('is refused if its id is of another type', () => {
    const other = formatVerifierKey(key).replace(key.id.toString('hex'), '00000000');
    expect(() => parseVerifierKey(other)).toThrow('id of the verifier key');
  });

  it('is of ML-DSA-44 and nothing else', () => {
    expect(() => noteKey(NAME, witness)).toThrow('not an Ed25519 key');
    expect(() => noteKey(NAME, log, TYPE)).toThrow('not an ML-DSA-44 key');
    const { privateKey } = generateKeyPairSync('ml-dsa-65');
    expect(() => noteKey(NAME, privateKey, TYPE)).toThrow('not an ML-DSA-44 key');
    expect(() => cosignNote(TEXT, NAME, privateKey, new Date())).toThrow('Ed25519 or ML-DSA-44');
  });
});
