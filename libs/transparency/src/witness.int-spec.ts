import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#kernel';
import {
  consistencyProof,
  EMPTY_ROOT,
  formatCheckpoint,
  type HashReader,
  leafHash,
  noteKey,
  readNote,
  rootAt,
  signNote,
  tileReader,
  Tree,
} from '#merkle';
import { FileCheckpointStore } from './file-checkpoint-store.js';
import { Witness } from './witness.js';

const ORIGIN = 'ledger.example/log/ledger';
const NAME = 'other.example/witness';
const log = generateKeyPairSync('ed25519').privateKey;
const own = generateKeyPairSync('ed25519').privateKey;
const witnessKey = noteKey(NAME, own, 'cosignature');
const logKey = noteKey(ORIGIN, log);

const leavesOf = (count: number, text = 'entry'): readonly Buffer[] =>
  Array.from({ length: count }, (_, n) => leafHash(Buffer.from(`${text} ${n}`)));
/** Reads from the tiles and the edge of a tree. */
const readerOf = (leaves: readonly Buffer[]): HashReader => {
  const tree = Tree.empty();
  const tiles = new Map(
    tree.append(leaves).map(({ level, index, hashes }) => [`${level}/${index}`, hashes]),
  );
  return tileReader((level, index) =>
    Promise.resolve(tiles.get(`${level}/${index}`) ?? Buffer.concat(tree.edge[level] ?? [])),
  );
};
const checkpointOf = async (size: number, text?: string, key = log, origin = ORIGIN) => {
  const root = size === 0 ? EMPTY_ROOT : await rootAt(size, readerOf(leavesOf(size, text)));
  return signNote(formatCheckpoint({ origin, size, root }), origin, key);
};
const request = async (old: number, size: number, text?: string): Promise<string> => {
  const proof = await consistencyProof(old, size, readerOf(leavesOf(size, text)));
  const lines = proof.map((hash) => `${hash.toString('base64')}\n`).join('');
  return `old ${old}\n${lines}\n${await checkpointOf(size, text)}`;
};

let folder: string;
let contradictions: string[];
let witness: Witness;
const open = (privateKeys = [own]): Witness => {
  contradictions = [];
  return new Witness({
    name: NAME,
    privateKeys,
    logs: [logKey],
    storeOf: async (origin) => {
      const store = new FileCheckpointStore(join(folder, encodeURIComponent(origin)));
      await store.open();
      return store;
    },
    clock: new SystemClock(),
    onContradiction: (note) => contradictions.push(note),
  });
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'witness-'));
  witness = open();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ask = async (body: string): Promise<number> => (await witness.addCheckpoint(body)).status;

describe('a witness', () => {
  it('answers with a line of each of its keys, and keeps them', async () => {
    const { privateKey } = generateKeyPairSync('ml-dsa-44');
    witness = open([own, privateKey]);
    const keys = [witnessKey, noteKey(NAME, privateKey, 'ml-dsa-cosignature')];
    const answer = await witness.addCheckpoint(await request(0, 5));
    expect(answer.status).toBe(200);
    const whole = `${await checkpointOf(5)}${answer.body}`;
    expect(readNote(whole, [logKey, ...keys]).signers).toEqual([logKey, ...keys]);
    const store = new FileCheckpointStore(join(folder, encodeURIComponent(ORIGIN)));
    expect((await store.latest())?.note).toBe(whole);
    expect(await ask(await request(5, 8, 'other'))).toBe(422);
  });

  it('cosigns a log that it knows, as it grows, and after a restart', async () => {
    for (const [old, size] of [
      [0, 3],
      [3, 3],
      [3, 8],
      [8, 300],
    ] as const) {
      const body = await request(old, size);
      const answer = await witness.addCheckpoint(body);
      expect(answer.status).toBe(200);
      const note = `${await checkpointOf(size)}${answer.body}`;
      expect(readNote(note, [logKey, witnessKey]).signers).toEqual([logKey, witnessKey]);
      witness = open();
    }
    expect(contradictions).toEqual([]);
  });

  it('cosigns an empty log, which has one root only', async () => {
    expect(await ask(await request(0, 0))).toBe(200);
    const other = signNote(
      formatCheckpoint({ origin: ORIGIN, size: 0, root: Buffer.alloc(32) }),
      ORIGIN,
      log,
    );
    expect(await ask(`old 0\n\n${other}`)).toBe(422);
    expect(await ask(await request(0, 5))).toBe(200);
  });

  it('says where it is to who does not know (409)', async () => {
    await witness.addCheckpoint(await request(0, 8));
    for (const old of [0, 3])
      expect(await witness.addCheckpoint(await request(old, 20))).toEqual({
        status: 409,
        body: '8\n',
      });
    expect(await witness.addCheckpoint(await request(10, 20))).toEqual({
      status: 409,
      body: '8\n',
    });
  });

  it('does not cosign a log that was rewritten, and tells of it (422)', async () => {
    await witness.addCheckpoint(await request(0, 8));
    expect(await ask(await request(8, 20, 'other'))).toBe(422);
    expect(await ask(await request(8, 8, 'other'))).toBe(422);
    expect(contradictions).toHaveLength(2);
    expect(await ask(await request(8, 20))).toBe(200);
  });

  it('does not go back (409)', async () => {
    await witness.addCheckpoint(await request(0, 20));
    expect(await ask(await request(0, 8))).toBe(409);
    expect(await ask(await request(8, 8))).toBe(409);
  });

  it('tells one of two who ask at once of the other', async () => {
    await witness.addCheckpoint(await request(0, 8));
    const asked = await Promise.all([9, 10, 11, 12].map((size) => request(8, size)));
    const answers = await Promise.all(asked.map((body) => open().addCheckpoint(body)));
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([200, 409, 409, 409]);
    const size = [9, 10, 11, 12][answers.findIndex(({ status }) => status === 200)];
    for (const { status, body } of answers) if (status === 409) expect(body).toBe(`${size}\n`);
  });

  it('knows no other log (404) and no other key (403)', async () => {
    const stranger = generateKeyPairSync('ed25519').privateKey;
    expect(await ask(`old 0\n\n${await checkpointOf(3, 'a', log, 'another.example')}`)).toBe(404);
    expect(await ask(`old 0\n\n${await checkpointOf(3, 'a', stranger)}`)).toBe(403);
    const forged = (await checkpointOf(3)).replace('\n3\n', '\n4\n');
    expect(await ask(`old 0\n\n${forged}`)).toBe(403);
  });

  it('refuses an old size beyond the new one (400), and proofs of nothing (422)', async () => {
    await witness.addCheckpoint(await request(0, 8));
    expect(await ask(`old 9\n\n${await checkpointOf(8)}`)).toBe(400);
    const hash = `${Buffer.alloc(32).toString('base64')}\n`;
    expect(await ask(`old 8\n${hash}\n${await checkpointOf(8)}`)).toBe(422);
    const fresh = (witness = open());
    rmSync(folder, { recursive: true, force: true });
    expect((await fresh.addCheckpoint(`old 0\n${hash}\n${await checkpointOf(8)}`)).status).toBe(
      422,
    );
  });

  it.each([
    ['nothing', () => ''],
    ['no old line', (note: string) => `\n${note}`],
    ['an old size with a leading zero', (note: string) => `old 00\n\n${note}`],
    ['a negative old size', (note: string) => `old -1\n\n${note}`],
    ['an old size beyond whole numbers', (note: string) => `old 9999999999999999\n\n${note}`],
    ['a line that is no hash', (note: string) => `old 0\nhello\n\n${note}`],
    ['a short hash', (note: string) => `old 0\nAAAA\n\n${note}`],
    [
      '64 hashes',
      (note: string) => `old 0\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}\n${note}`,
    ],
    ['no checkpoint', () => 'old 0\n\n'],
    ['a checkpoint without a signature', (note: string) => `old 0\n\n${note.split('\n\n')[0]}\n`],
    ['a note that is no checkpoint', () => `old 0\n\n${signNote('hello\n', ORIGIN, log)}`],
  ])('does not understand %s (400)', async (_, bodyOf) => {
    expect(await ask(bodyOf(await checkpointOf(3)))).toBe(400);
  });
});
