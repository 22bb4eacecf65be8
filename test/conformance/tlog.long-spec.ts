import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyCheckpoint } from '@sigstore/verify/dist/tlog/checkpoint.js';
import { verifyMerkleInclusion } from '@sigstore/verify/dist/tlog/merkle.js';
import { newId, SystemClock } from '#kernel';
import { PostgresLog } from '#log';
import {
  cosignNote,
  decodeBundle,
  formatTilePath,
  leafHash,
  parseVerifierKey,
  splitNote,
  Tree,
} from '#merkle';
import { tokenFor } from '../journey/client.js';
import { createEmptyDatabase } from '../journey/database.js';
import { freePort, LedgerProcess } from '../processes/ledger-process.js';

const ENTRIES = 70_000;
const INCLUSIONS = 200;
const CONSISTENCIES = 50;

const go = (() => {
  for (const command of ['go', '/usr/local/go/bin/go'])
    if (spawnSync(command, ['version']).status === 0) return command;
  if (process.env['CI'] === 'true') throw new Error('Go is not installed.');
  process.stderr.write('The check with Go is skipped: Go is not installed.\n');
  return undefined;
})();
const withGo = go === undefined ? it.skip : it;

interface Proof {
  readonly seq: number;
  readonly size: number;
  readonly root: string;
  readonly leafHash: string;
  readonly hashes: readonly string[];
  readonly checkpoint: string;
}

let folder: string;
let recorder: LedgerProcess;
let leaves: readonly Buffer[];
const proofs: Proof[] = [];

const url = (path: string): string => `${recorder.url}${path}`;
const bytes = async (path: string, headers: Record<string, string> = {}): Promise<Buffer> => {
  const response = await fetch(url(path), { headers });
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
};
const keep = (path: string, content: Buffer | string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
};

/** A recorder as it ships, and entries beside it, as another process of the service writes them. */
const fill = async (databaseUrl: string): Promise<void> => {
  const clock = new SystemClock();
  const identityKey = Buffer.alloc(32, 7);
  const log = new PostgresLog({ name: 'recorder', databaseUrl, identityKey, clock });
  for (let n = 0; n < ENTRIES; n += 5_000)
    await log.append(
      Array.from({ length: 5_000 }, (_, k) => ({
        id: newId('evt'),
        kind: 'share-stopped' as const,
        time: clock.now(),
        data: { shareId: `shr_${n + k}${'x'.repeat(k % 700)}` },
      })),
    );
  await log.close();
};

const download = async (authorization: string): Promise<void> => {
  keep('vkey', await bytes('/log/recorder/vkey'));
  keep('checkpoint', await bytes('/log/recorder/checkpoint'));
  for (let level = 0, count = ENTRIES; count > 0; level += 1, count = Math.floor(count / 256))
    for (let index = 0; index * 256 < count; index += 1) {
      const width = Math.min(256, count - index * 256);
      const tile = `tile/${formatTilePath({ level, index, width })}`;
      keep(tile, await bytes(`/log/recorder/${tile}`));
      if (level > 0) continue;
      const bundle = `tile/${formatTilePath({ level: 'entries', index, width })}`;
      keep(bundle, await bytes(`/log/recorder/${bundle}`, { authorization }));
    }
};

const entriesOf = (index: number): readonly Buffer[] => {
  const width = Math.min(256, ENTRIES - index * 256);
  return decodeBundle(
    readFileSync(join(folder, `tile/${formatTilePath({ level: 'entries', index, width })}`)),
  );
};

const askForProofs = async (): Promise<void> => {
  for (let n = 0; n < INCLUSIONS; n += 1) {
    const seq = [0, 255, 256, 65_535, 65_536, ENTRIES - 1][n] ?? (n * 7_919) % ENTRIES;
    const proof = JSON.parse((await bytes(`/v1/ledger/recorder/entries/${seq}/proof`)).toString());
    proofs.push(proof);
    keep(`proofs/inclusion-${n}.json`, JSON.stringify(proof));
  }
  const tree = Tree.empty();
  for (let n = 1; n <= CONSISTENCIES; n += 1) {
    const from = Math.floor((n * ENTRIES) / CONSISTENCIES) - (n % 3);
    tree.append(leaves.slice(tree.size, from).map(leafHash));
    const proof = JSON.parse(
      (await bytes(`/v1/ledger/recorder/consistency?from=${from}`)).toString(),
    );
    const fromRoot = tree.root().toString('hex');
    keep(`proofs/consistency-${n}.json`, JSON.stringify({ ...proof, fromRoot }));
  }
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tlog-'));
  const databaseUrl = await createEmptyDatabase();
  const port = await freePort();
  const address = `http://localhost:${port}`;
  recorder = new LedgerProcess('apps/recorder/src/main.js', address, {
    PORT: String(port),
    PUBLIC_URL: address,
    DATABASE_URL: databaseUrl,
    DATA_DIR: folder,
  });
  recorder.start();
  await recorder.ready();
  await fill(databaseUrl);
  while (!(await bytes('/log/recorder/checkpoint')).toString().includes(`\n${ENTRIES}\n`))
    await new Promise((resolve) => setTimeout(resolve, 100));
  await download(
    await tokenFor(join(folder, 'keys'), address, { id: 'per_auditor', role: 'auditor' }),
  );
  const count = Math.ceil(ENTRIES / 256);
  leaves = Array.from({ length: count }, (_, index) => entriesOf(index)).flat();
  await askForProofs();
}, 180_000);
afterAll(async () => {
  await recorder.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('golang.org/x/mod/sumdb', () => {
  let program = '';
  const check = () => spawnSync(program, [folder], { encoding: 'utf8' });

  beforeAll(() => {
    if (go === undefined) return;
    program = join(folder, 'tlogcheck');
    execFileSync(go, ['build', '-o', program, '.'], { cwd: join(import.meta.dirname, 'tlog') });
  }, 180_000);

  withGo(
    'accepts the checkpoint, every tile and entry, and the proofs',
    () => {
      const { stdout, stderr, status } = check();
      expect([stderr, status]).toEqual(['', 0]);
      expect(stdout).toMatch(
        `${ENTRIES} entries, ${INCLUSIONS} inclusion proofs, ${CONSISTENCIES} consistency proofs`,
      );
    },
    60_000,
  );

  withGo.each([
    ['a byte of a tile', 'tile/0/100', 4_000],
    ['a byte of a tile above', 'tile/1/000', 4_000],
    ['a byte of an entry', 'tile/entries/200', 300],
    ['the size', 'checkpoint', 0],
    ['a signature', 'checkpoint', -20],
  ])(
    'refuses %s that is another',
    (_, path, at) => {
      const whole = readFileSync(join(folder, path));
      const changed = Buffer.from(whole);
      const where = path === 'checkpoint' && at === 0 ? whole.indexOf('\n') + 1 : at;
      changed[where < 0 ? changed.length + where : where]! ^= 2;
      writeFileSync(join(folder, path), changed);
      expect(check().status).toBe(1);
      writeFileSync(join(folder, path), whole);
    },
    60_000,
  );

  withGo(
    'accepts a checkpoint that a witness has cosigned',
    () => {
      const path = join(folder, 'checkpoint');
      const whole = readFileSync(path, 'utf8');
      const { privateKey } = generateKeyPairSync('ed25519');
      const line = cosignNote(splitNote(whole).text, 'witness.example', privateKey, new Date());
      writeFileSync(path, `${whole}${line}`);
      expect(check().status).toBe(0);
      writeFileSync(path, whole);
    },
    60_000,
  );

  withGo(
    'refuses a proof of another entry',
    () => {
      const path = join(folder, 'proofs/inclusion-7.json');
      const whole = readFileSync(path, 'utf8');
      writeFileSync(path, JSON.stringify({ ...JSON.parse(whole), seq: 8 }));
      expect(check().status).toBe(1);
      writeFileSync(path, whole);
    },
    60_000,
  );
});

describe('@sigstore/verify', () => {
  const entryOf = (proof: Proof) => ({
    canonicalizedBody: leaves[proof.seq] as Buffer,
    inclusionProof: {
      logIndex: String(proof.seq),
      rootHash: Buffer.from(proof.root, 'hex'),
      treeSize: String(proof.size),
      hashes: proof.hashes.map((hash) => Buffer.from(hash, 'hex')),
      checkpoint: { envelope: proof.checkpoint },
    },
  });
  const tlogs = () => {
    const { name, id, publicKey } = parseVerifierKey(
      readFileSync(join(folder, 'vkey'), 'utf8').trim(),
    );
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), publicKey]);
    const key: KeyObject = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    return [{ baseURL: `https://${name}`, logID: id, publicKey: key }];
  };
  const accept = (proof: Proof): void => {
    const entry = entryOf(proof) as any;
    verifyMerkleInclusion(entry, verifyCheckpoint(entry, tlogs() as any));
  };

  it('accepts the inclusion proofs under our checkpoint', () => {
    for (const proof of proofs) accept(proof);
    expect(proofs).toHaveLength(INCLUSIONS);
  });

  it('refuses what was changed', () => {
    const [, , , proof] = proofs as [Proof, Proof, Proof, Proof];
    expect(() => accept({ ...proof, seq: proof.seq - 1 })).toThrow('does not match');
    expect(() => accept({ ...proof, hashes: proof.hashes.slice(1) })).toThrow('hash count');
    const checkpoint = proof.checkpoint.replace(`\n${ENTRIES}\n`, `\n${ENTRIES + 1}\n`);
    expect(() => accept({ ...proof, checkpoint })).toThrow('invalid checkpoint signature');
  });
});
