import { mkdtempSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { checkLog } from '#log';
import { tokenFor } from '../journey/client.js';
import { createEmptyDatabase } from '../journey/database.js';
import { startAllInOne, type Topology } from '../processes/topology.js';

jest.setTimeout(180_000);

const IDLE = 10_000;
/** What an idle connection may cost the server, and how fast others are answered meanwhile. */
const BYTES_EACH_MAX = 32 * 1024;
const ANSWER_MS_MAX = 2_000;
/** Headers must come within 10 s; that is looked at every 2 s, on a machine that may be busy. */
const CLOSED_WITHIN_MS = 60_000;

describe('connections that say nothing, or only half of it', () => {
  let ledger: Topology;
  let authorization: string;
  const port = (): number => Number(new URL(ledger.url).port);
  const residentBytes = (): number => {
    const status = readFileSync(`/proc/${ledger.processes['ledger']?.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/u.exec(status)?.[1]) * 1024;
  };
  const answered = async (): Promise<number> => {
    const since = performance.now();
    const response = await fetch(`${ledger.url}/health/live`);
    expect(response.status).toBe(200);
    return performance.now() - since;
  };
  const size = async (): Promise<number> =>
    (await checkLog({ databaseUrl: ledger.databases['ledger'] ?? '', name: 'ledger' })).size;

  beforeAll(async () => {
    ledger = await startAllInOne({
      dataDir: mkdtempSync(join(tmpdir(), 'ledger-connections-')),
      database: createEmptyDatabase,
    });
    const actor = { id: 'uni', role: 'provider', organisation: 'uni' } as const;
    authorization = await tokenFor(ledger.keysDir, ledger.url, actor);
  });
  afterAll(() => ledger?.stop());

  const open = (): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connect(port(), 'localhost', () => {
        // What the server does to it later is counted, not thrown.
        socket.off('error', reject).on('error', () => undefined);
        resolve(socket);
      }).on('error', reject);
    });

  it(`lets ${IDLE} idle ones cost little, answers others, and closes them`, async () => {
    await answered();
    const before = residentBytes();
    const closings: Promise<unknown>[] = [];
    for (let n = 0; n < IDLE; n += 500)
      await Promise.all(
        Array.from({ length: 500 }, async () => {
          const socket = await open();
          closings.push(once(socket.resume(), 'close'));
        }),
      );
    expect(await answered()).toBeLessThan(ANSWER_MS_MAX);
    expect(residentBytes() - before).toBeLessThan(IDLE * BYTES_EACH_MAX);
    const late = new AbortController();
    const patience = setTimeout(() => late.abort(), CLOSED_WITHIN_MS);
    await Promise.race([Promise.all(closings), once(late.signal, 'abort')]);
    clearTimeout(patience);
    expect(late.signal.aborted).toBe(false);
    expect(await answered()).toBeLessThan(ANSWER_MS_MAX);
  });

  it('ends one that stops in the middle of a body, and records nothing of it', async () => {
    const before = await size();
    const socket = await open();
    const answer = socket.toArray();
    socket.write(
      `POST /v1/events HTTP/1.1\r\nhost: localhost\r\nauthorization: ${authorization}\r\n` +
        'content-type: application/cloudevents+json\r\ncontent-length: 100\r\n\r\n{"specversion":',
    );
    expect(await answered()).toBeLessThan(ANSWER_MS_MAX);
    const text = Buffer.concat((await answer) as Buffer[]).toString();
    expect(text).toMatch(/^HTTP\/1\.1 408 /u);
    expect(await size()).toBe(before);
  });

  it('cuts off one that goes on sending after it was told', async () => {
    const socket = connect({ host: 'localhost', port: port(), allowHalfOpen: true });
    await once(socket, 'connect');
    // Not `once`: that is over with an error, which is how a write finds out.
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined).resume();
    socket.write(
      `POST /v1/events HTTP/1.1\r\nhost: localhost\r\nauthorization: ${authorization}\r\n` +
        'content-type: application/cloudevents+json\r\ncontent-length: 100000\r\n\r\n',
    );
    const dribble = setInterval(() => socket.write(' '), 300).unref();
    await closed;
    clearInterval(dribble);
    expect(await answered()).toBeLessThan(ANSWER_MS_MAX);
  });
});
