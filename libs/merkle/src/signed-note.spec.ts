import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatVerifierKey, noteKey, parseVerifierKey } from './note-keys.js';
import { openNote, signNote } from './signed-note.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const ORIGIN = 'ledger.example/log';
const ours = noteKey(ORIGIN, publicKey);
const TEXT = `${ORIGIN}\n3\nabc\n`;
const note = signNote(TEXT, ORIGIN, privateKey);

/** From the documentation of golang.org/x/mod/sumdb/note. */
const PETER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const PETERS_NOTE = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;

describe('a signed note', () => {
  it('is read as others write it', () => {
    expect(openNote(PETERS_NOTE, [parseVerifierKey(PETER)])).toMatch(/^If you think/u);
    expect(formatVerifierKey(parseVerifierKey(PETER))).toBe(PETER);
  });

  it('opens with the key that signed it, whatever it says', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[^\p{C}]{1,40}$/u), (line) => {
        const text = `${line}\n`;
        expect(openNote(signNote(text, ORIGIN, privateKey), [ours])).toBe(text);
      }),
    );
  });

  it('opens beside signatures of others', () => {
    expect(openNote(`${note}— somebody AAAAAAAA\n`, [ours])).toBe(TEXT);
  });

  it('has the same key from the private one', () => {
    expect(formatVerifierKey(noteKey(ORIGIN, privateKey))).toBe(formatVerifierKey(ours));
  });

  it.each([
    ['a changed size', 'is wrong', note.replace('\n3\n', '\n4\n')],
    ['a second signature of ours that is wrong', 'is wrong', `${note}${lineOf(note, -3)}`],
    ['no signature', 'not a signed note', `${TEXT}\n`],
    ['a line that is no signature', 'not a signature line', `${note}hello\n`],
    ['no line feed at the end', 'not a note', note.slice(0, -1)],
    ['no empty line', 'not a note', TEXT],
    ['nothing', 'not a note', ''],
    ['a control character', 'not a note', note.replace('abc', 'ab\u0000')],
    ['more than a note may have', 'longer than', `${'x'.repeat(100_001)}${note}`],
  ])('is refused with %s', (_, reason, bad) => {
    expect(() => openNote(bad, [ours])).toThrow(reason);
  });

  it('is refused where nobody known has signed', () => {
    expect(() => openNote(note, [])).toThrow('no known key');
    expect(() => openNote(note, [noteKey('another.example', publicKey)])).toThrow('no known key');
  });

  it('is not made of a text that is none', () => {
    for (const text of ['', 'no line feed', 'a\u0001\n'])
      expect(() => signNote(text, ORIGIN, privateKey)).toThrow('not the text of a note');
    expect(() => signNote(TEXT, 'two words', privateKey)).toThrow('no space');
  });

  it.each([
    '',
    'PeterNeumann',
    PETER.replace('c74f20a3', 'c74f20a4'),
    PETER.replace('+AR', '+BB'),
    `${PETER}AA`,
    `x ${PETER}`,
  ])('has no verifier key %j', (text) => {
    expect(() => parseVerifierKey(text)).toThrow(Error);
  });

  it('has no key of another kind', () => {
    const { publicKey: other } = generateKeyPairSync('x25519');
    expect(() => noteKey(ORIGIN, other)).toThrow('not an Ed25519 key');
  });
});

/** The signature line of a note with one of its last characters changed. */
function lineOf(signed: string, at: number): string {
  const line = signed.split('\n').at(-2) ?? '';
  const end = line.length + at - 2;
  const other = line.charAt(end) === 'A' ? 'B' : 'A';
  return `${line.slice(0, end)}${other}${line.slice(end + 1)}\n`;
}
