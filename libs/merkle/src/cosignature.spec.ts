import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { formatVerifierKey, noteKey, parseVerifierKey } from './note-keys.js';
import { cosignNote, openNote, readNote, signNote } from './signed-note.js';

const log = generateKeyPairSync('ed25519').privateKey;
const witness = generateKeyPairSync('ed25519').privateKey;
const ORIGIN = 'ledger.example/log';
const NAME = 'witness.example';
const TEXT = `${ORIGIN}\n3\nabc\n`;
const note = signNote(TEXT, ORIGIN, log);
const logKey = noteKey(ORIGIN, log);
const witnessKey = noteKey(NAME, witness, 'cosignature');
const time = new Date(1_679_315_147_900);
const line = cosignNote(TEXT, NAME, witness, time);

describe('a cosignature', () => {
  it('stands beside the signature of the log, and each can be asked for', () => {
    const both = `${note}${line}`;
    expect(openNote(both, [witnessKey])).toBe(TEXT);
    expect(readNote(both, [logKey, witnessKey]).signers).toEqual([logKey, witnessKey]);
    expect(readNote(note, [logKey, witnessKey]).signers).toEqual([logKey]);
  });

  it('says the second at which it was made, and signs it', () => {
    const blob = Buffer.from(line.split(' ')[2] ?? '', 'base64');
    expect([blob.length, blob.readBigUInt64BE(4)]).toEqual([76, 1_679_315_147n]);
    const message = `cosignature/v1\ntime 1679315147\n${TEXT}`;
    expect(blob.subarray(12)).toEqual(sign(null, Buffer.from(message), witness));
    blob.writeBigUInt64BE(1_679_315_148n, 4);
    const other = `— ${NAME} ${blob.toString('base64')}\n`;
    expect(() => openNote(`${note}${other}`, [witnessKey])).toThrow('is wrong');
  });

  it('has a verifier key of its own type', () => {
    const vkey = formatVerifierKey(witnessKey);
    expect(parseVerifierKey(vkey)).toEqual(witnessKey);
    expect(Buffer.from(vkey.split('+')[2] ?? '', 'base64')[0]).toBe(4);
    expect(witnessKey.id).not.toEqual(noteKey(NAME, witness).id);
  });

  it('is no signature of a log with the same key and name', () => {
    expect(() => openNote(`${note}${line}`, [noteKey(NAME, witness)])).toThrow('no known key');
    const forged = signNote(TEXT, NAME, witness);
    expect(() => openNote(forged, [witnessKey])).toThrow('no known key');
  });

  it('is refused for another text, and cut short', () => {
    expect(() => openNote(`${signNote(`${TEXT}x\n`, ORIGIN, log)}${line}`, [witnessKey])).toThrow(
      'is wrong',
    );
    const short = Buffer.from(line.split(' ')[2] ?? '', 'base64').subarray(0, 10);
    expect(() => openNote(`${note}— ${NAME} ${short.toString('base64')}\n`, [witnessKey])).toThrow(
      'is wrong',
    );
  });
});
