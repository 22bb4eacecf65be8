import { createHash, generateKeyPairSync } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  cosignNote,
  noteKey,
  openNote,
  parseCheckpoint,
  parseVerifierKey,
  readNote,
  splitNote,
  tileReader,
} from '#merkle';
import { PublishedLogs } from './published-logs.js';
import { WitnessClient } from './witness-client.js';
import { entries, removeFolder, type RunningLog, runLog } from './testing/running-log.js';
import { forge, forgeries } from './testing/forge.js';

const running: RunningLog[] = [];
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  for (const log of running.splice(0)) {
    await log.stop();
    await log.database.close();
    await removeFolder(log.checkpointsDir);
  }
});

const start = async (options: Parameters<typeof runLog>[0]): Promise<RunningLog> => {
  const log = await runLog(options);
  running.push(log);
  if (!log.app.getHttpServer().listening) await log.app.listen(0, '127.0.0.1');
  return log;
};
const vkeyAt = async (log: RunningLog, path: string) =>
  parseVerifierKey((await log.get(path)).body.trim());

/** Asks for the checkpoint until it is as expected. */
const until = async (
  log: RunningLog,
  isSo: (note: string) => boolean,
  path = '/log/ledger/checkpoint',
): Promise<string> => {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const { body, statusCode } = await log.get(path);
    if (statusCode === 200 && isSo(body)) return body;
    await sleep(50);
  }
  throw new Error('it never became so');
};

/** A witness of another institution, and a log that it watches. */
const pair = async (others: readonly { url: string }[] = []) => {
  // The name and the key of a log are known before it is first published.
  const probe = await start({});
  const logKey = await vkeyAt(probe, '/log/ledger/vkey');
  const witness = await start({ name: 'theirs', settings: { witnessedLogs: [logKey] } });
  const witnessKey = await vkeyAt(witness, '/witness/vkey');
  const away = noteKey('away.example', generateKeyPairSync('ed25519').privateKey, 'cosignature');
  const witnesses = [
    ...others.map(({ url }) => ({ key: away, url })),
    { key: witnessKey, url: await witness.app.getUrl() },
  ];
  const log = await start({ settings: { witnesses } });
  return { log, witness, logKey, witnessKey };
};
const isBy =
  (key: ReturnType<typeof noteKey>, size: number) =>
  (note: string): boolean => {
    const { text, signers } = readNote(note, [key]);
    return signers.length > 0 && parseCheckpoint(text).size === size;
  };

const badServer = async (listener: RequestListener): Promise<{ url: string }> => {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` };
};

describe('a log with witnesses', () => {
  it('has its checkpoints cosigned, and monitors find them at the witness', async () => {
    const { log, witness, logKey, witnessKey } = await pair();
    for (const size of [300, 600]) {
      await log.log.append(entries(300));
      await log.step();
      const note = await until(log, isBy(witnessKey, size));
      expect(openNote(note, [logKey])).toBe(openNote(note, [witnessKey]));
      const proof = await log.get('/v1/ledger/ledger/entries/7/proof');
      expect(readNote(proof.json().checkpoint, [logKey, witnessKey]).signers).toHaveLength(2);
    }
    const hash = createHash('sha256').update(logKey.name).digest('hex');
    const seen = await witness.get(`/witness/${hash}/checkpoint`);
    expect(readNote(seen.body, [logKey, witnessKey]).signers).toHaveLength(2);
    expect((await witness.get(`/witness/${'0'.repeat(64)}/checkpoint`)).statusCode).toBe(404);
  });

  it('has them cosigned with ML-DSA-44, too, by a witness that does', async () => {
    const probe = await start({});
    const witnessedLogs = [await vkeyAt(probe, '/log/ledger/vkey')];
    const settings = { witnessedLogs, isWitnessOfMlDsa: true };
    const witness = await start({ name: 'theirs', settings });
    const { body } = await witness.get('/witness/vkey');
    const keys = body.trim().split('\n').map(parseVerifierKey);
    expect(keys.map(({ type }) => type)).toEqual(['cosignature', 'ml-dsa-cosignature']);
    const url = await witness.app.getUrl();
    const log = await start({ settings: { witnesses: keys.map((key) => ({ key, url })) } });
    await log.log.append(entries(30));
    await log.step();
    const note = await until(log, (now) => keys.every((key) => isBy(key, 30)(now)));
    expect(readNote(note, [...witnessedLogs, ...keys]).signers).toHaveLength(3);
  });

  it('takes no cosignature by ML-DSA-44 that says no time', async () => {
    const { privateKey } = generateKeyPairSync('ml-dsa-44');
    const key = noteKey('theirs.example', privateKey, 'ml-dsa-cosignature');
    let time = new Date(0);
    const witness = await badServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const { text } = splitNote(body.slice(body.indexOf('\n\n') + 2));
        response.end(cosignNote(text, key.name, privateKey, time));
      });
    });
    const log = await start({});
    const { checkpoint, note, state } = log.app.get(PublishedLogs).get('ledger').publication;
    const client = new WitnessClient({ key, url: witness.url });
    const read = tileReader((level, index) =>
      log.app.get(PublishedLogs).get('ledger').tree.tile(state, level, index),
    );
    const offer = () => client.offer({ checkpoint, note }, read, new AbortController().signal);
    await expect(offer()).rejects.toThrow('without its cosignature');
    time = new Date();
    expect(readNote(`${note}${await offer()}`, [key]).signers).toEqual([key]);
  });

  it('always has a cosigned checkpoint to show, however fast the log grows', async () => {
    const { log, witnessKey } = await pair();
    const path = '/log/ledger/checkpoint/witnessed';
    let size = 0;
    for (let n = 0; n < 5; n += 1) {
      await log.log.append(entries(20));
      await log.step();
      await until(log, isBy(witnessKey, 20 * (n + 1)), path);
      const { body } = await log.get(path);
      const { text, signers } = readNote(body, [witnessKey]);
      expect(signers.length).toBe(1);
      expect(parseCheckpoint(text).size).toBeGreaterThan(size);
      size = parseCheckpoint(text).size;
    }
    const alone = await start({});
    expect((await alone.get(path)).statusCode).toBe(404);
  });

  it('waits for none that is slow, away or wrong', async () => {
    const bad = await Promise.all([
      badServer(() => undefined),
      badServer((_, answer) => answer.writeHead(500).end('no')),
      badServer((_, answer) => answer.writeHead(200).end('— away.example AAAAAAAAAAAA\n')),
      badServer((_, answer) => answer.writeHead(200).end('x'.repeat(1_000_000))),
      badServer((_, answer) => answer.writeHead(409).end('99999999\n')),
      badServer((_, answer) => answer.writeHead(409).end('nonsense')),
      Promise.resolve({ url: 'http://127.0.0.1:9' }),
    ]);
    const { log, witnessKey } = await pair(bad);
    const since = performance.now();
    await log.log.append(entries(10));
    await log.step();
    await until(log, isBy(witnessKey, 10));
    expect(performance.now() - since).toBeLessThan(4_000);
    expect(log.guard.isPublishing).toBe(true);
  });

  it('is not cosigned any longer once it was rewritten', async () => {
    const { log, witness, witnessKey } = await pair();
    await log.log.append(entries(520));
    await log.step();
    await until(log, isBy(witnessKey, 520));
    await forge(log.database, { change: forgeries[0][1] });
    await log.stop();
    running.splice(running.indexOf(log), 1);
    await removeFolder(log.checkpointsDir);
    const witnesses = [{ key: witnessKey, url: await witness.app.getUrl() }];
    const again = await start({ database: log.database, isFirst: true, settings: { witnesses } });
    await again.log.append(entries(10));
    await again.step();
    const { publication, tree } = again.app.get(PublishedLogs).get('ledger');
    const read = tileReader((level, index) => tree.tile(publication.state, level, index));
    const offered = new WitnessClient(witnesses[0]!).offer(
      publication,
      read,
      new AbortController().signal,
    );
    await expect(offered).rejects.toThrow('it answered 422');
    const { body } = await again.get('/log/ledger/checkpoint');
    expect(readNote(body, [witnessKey]).signers).toEqual([]);
    const answer = await again.app.inject({ method: 'POST', url: '/add-checkpoint', payload: 'x' });
    expect(answer.statusCode).toBe(404);
  });

  it('speaks text with witnesses, and of sizes in its own type', async () => {
    const { log, witness } = await pair();
    await log.log.append(entries(3));
    await log.step();
    await until(log, (note) => note.includes('\n3\n'));
    const { body } = await log.get('/log/ledger/checkpoint');
    const send = (payload: string, headers: Record<string, string> = {}) =>
      witness.app.inject({ method: 'POST', url: '/add-checkpoint', payload, headers });
    await until(log, (note) => note.split('\n— ').length > 2);
    const conflict = await send(`old 0\n\n${body}`, { 'content-type': 'application/octet-stream' });
    expect([conflict.statusCode, conflict.body, conflict.headers['content-type']]).toEqual([
      409,
      '3\n',
      'text/x.tlog.size',
    ]);
    const again = await send(`old 3\n\n${body}`);
    expect([again.statusCode, again.body.startsWith('— ')]).toEqual([200, true]);
    expect((await send('hello')).statusCode).toBe(400);
    expect((await send('x'.repeat(70_000))).statusCode).toBe(413);
  });
});
