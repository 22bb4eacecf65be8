import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  leafHash,
  openNote,
  parseCheckpoint,
  parseTlogProof,
  parseVerifierKey,
  decodeBundle,
  verifyConsistency,
  verifyInclusion,
} from '#merkle';
import { entries, entry, removeFolder, type RunningLog, runLog } from './testing/running-log.js';

const AUDITOR = { authorization: 'Bearer auditor:per_a' };
let running: RunningLog;

const checkpoint = async () => {
  const key = parseVerifierKey((await running.get('/log/ledger/vkey')).body.trim());
  const { body } = await running.get('/log/ledger/checkpoint');
  return parseCheckpoint(openNote(body, [key]));
};
const fromHex = (hash: string): Buffer => Buffer.from(hash, 'hex');

beforeAll(async () => {
  running = await runLog();
});
afterAll(async () => {
  await running.stop();
  await running.database.close();
  await removeFolder(running.checkpointsDir);
});

describe('a published log', () => {
  it('says from the start that it is empty, under its address', async () => {
    expect(await checkpoint()).toMatchObject({ origin: 'ledger.example/log/ledger', size: 0 });
  });

  it('turns a receipt into an inclusion proof within two seconds', async () => {
    const [receipt] = await running.log.append([entry(0)]);
    const since = performance.now();
    const path = `/v1/ledger/ledger/entries/${receipt?.seq}/proof`;
    let answer = await running.get(path);
    while (answer.statusCode === 404 && performance.now() - since < 10_000) {
      await sleep(20);
      answer = await running.get(path);
    }
    expect([answer.statusCode, performance.now() - since < 2_000]).toEqual([200, true]);
    expect(answer.json()).toMatchObject({ seq: 0, leafHash: receipt?.leafHash });
  });

  it('proves every entry to be in the checkpoint, in JSON and as a .tlog-proof file', async () => {
    const receipts = await running.log.append(entries(600));
    await running.step();
    const { size, root } = await checkpoint();
    expect(size).toBe(601);
    for (const { seq, leafHash: leaf } of [receipts[0], receipts[255], receipts[599]] as any[]) {
      const path = `/v1/ledger/ledger/entries/${seq}/proof`;
      const json = (await running.get(path)).json();
      const proof = json.hashes.map(fromHex);
      const claim = { leafHash: fromHex(leaf), index: seq, size, root, proof };
      expect(verifyInclusion(claim)).toBe(true);
      expect(verifyInclusion({ ...claim, index: seq - 1 })).toBe(false);
      const text = await running.get(path, { accept: 'text/plain' });
      const parsed = parseTlogProof(text.body);
      expect([parsed.index, parsed.checkpoint, parsed.hashes]).toEqual([
        seq,
        json.checkpoint,
        proof,
      ]);
      const { body } = await running.get(`/v1/ledger/ledger/entries/${seq}`);
      expect(JSON.parse(body)).toEqual({ log: 'ledger', seq, leafHash: leaf, proof: path });
    }
  });

  it('proves an earlier checkpoint to be its beginning', async () => {
    const earlier = await checkpoint();
    await running.log.append(entries(100));
    await running.step();
    const { size, root } = await checkpoint();
    const answer = await running.get(`/v1/ledger/ledger/consistency?from=${earlier.size}`);
    const proof = answer.json().hashes.map(fromHex);
    const claim = { from: earlier.size, fromRoot: earlier.root, size, root, proof };
    expect(verifyConsistency(claim)).toBe(true);
    expect(verifyConsistency({ ...claim, fromRoot: root })).toBe(false);
  });

  it('serves tiles to all, for good, and what is in them to auditors only', async () => {
    const tile = await running.get('/log/ledger/tile/0/000');
    expect(tile.rawPayload).toHaveLength(8_192);
    expect(tile.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect((await running.get('/log/ledger/tile/1/000.p/2')).rawPayload).toHaveLength(64);
    const path = '/log/ledger/tile/entries/000';
    expect((await running.get(path)).statusCode).toBe(401);
    const learner = { authorization: 'Bearer learner:per_l' };
    expect((await running.get(path, learner)).statusCode).toBe(403);
    const bundle = await running.get(path, AUDITOR);
    const leaves = decodeBundle(bundle.rawPayload).map(leafHash);
    expect(Buffer.concat(leaves).equals(tile.rawPayload)).toBe(true);
    const partial = await running.get('/log/ledger/tile/entries/002.p/189', AUDITOR);
    expect(decodeBundle(partial.rawPayload)).toHaveLength(189);
  });

  it.each([
    ['not there yet', '0/003'],
    ['wider than the log', '0/002.p/190'],
    ['full when it is not', '0/002'],
    ['of no hash', '0/002.p/0'],
    ['of 256 hashes as a partial one', '0/000.p/256'],
    ['of a level that is empty', '2/000'],
    ['of a level that cannot be', '64/000'],
    ['of an absurd number', '0/x999/x999/x999/x999/x999/999'],
    ['of a number beyond those', `0/${'x999/'.repeat(40)}999`],
    ['in another spelling', '0/x000/000'],
    ['without a number', '0/'],
    ['with an encoded way up', '0/%2e%2e/%2e%2e/%2e%2e/etc/passwd'],
    ['that says entries otherwise', '%65ntries/000'],
    ['with a null', '0/000%00'],
  ])('has no tile %s', async (_, path) => {
    const answer = await running.get(`/log/ledger/tile/${path}`);
    expect([400, 401, 404]).toContain(answer.statusCode);
  });

  it('does not follow a way up, as a client may write it that does not tidy addresses', async () => {
    await running.app.listen(0, '127.0.0.1');
    const { port } = new URL(await running.app.getUrl());
    for (const path of ['/0/../../checkpoint', '/../checkpoint', '/0/..%2f..%2fcheckpoint']) {
      const asked = request({ port, host: '127.0.0.1', path: `/log/ledger/tile${path}` }).end();
      const [answer] = await once(asked, 'response');
      answer.resume();
      expect([path, answer.statusCode]).toEqual([path, 404]);
    }
  });

  it('says until when to wait for an entry that is not published yet', async () => {
    const answer = await running.get('/v1/ledger/ledger/entries/100000/proof');
    expect([answer.statusCode, answer.json().code]).toEqual([404, 'entry-not-published']);
    const until = /published at (?<time>\S+) at the latest/u.exec(answer.json().detail)?.groups;
    expect(Math.abs(Date.parse(until?.['time'] ?? '') - Date.now())).toBeLessThan(5_000);
  });

  it.each([
    ['/log/another/checkpoint', 404],
    ['/log/another/vkey', 404],
    ['/v1/ledger/another/entries/0', 404],
    ['/v1/ledger/ledger/entries/-1', 400],
    ['/v1/ledger/ledger/entries/01', 400],
    ['/v1/ledger/ledger/entries/0x10', 400],
    ['/v1/ledger/ledger/entries/9999999999999999/proof', 400],
    ['/v1/ledger/ledger/consistency', 400],
    ['/v1/ledger/ledger/consistency?from=1e3', 400],
    ['/v1/ledger/ledger/consistency?from=100000', 404],
  ])('answers %s with %i', async (path, status) => {
    expect((await running.get(path)).statusCode).toBe(status);
  });
});
