import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseCheckpoint, signNote, splitNote } from '#merkle';
import type { Database } from '#testing';
import { OwnLog } from './own-log.js';
import {
  copyDatabase,
  createLogDatabase,
  entries,
  entry,
  removeFolder,
  type RunningLog,
  runLog,
  tamper,
} from './testing/running-log.js';

let running: RunningLog[];
let databases: Database[];
let first: RunningLog;

beforeEach(async () => {
  [running, databases] = [[], []];
  first = await run();
});
afterEach(async () => {
  for (const log of running) await log.stop();
  for (const database of databases) await database.close();
  await removeFolder(first.checkpointsDir);
});

const run = async (
  database?: Database,
  checkpointsDir = first?.checkpointsDir,
  isFirst = false,
): Promise<RunningLog> => {
  const used = database ?? (await createLogDatabase());
  databases.push(used);
  const log = await runLog({
    database: used,
    isFirst,
    ...(checkpointsDir ? { checkpointsDir } : {}),
  });
  running.push(log);
  return log;
};
const publish = async (log: RunningLog, count: number): Promise<void> => {
  // A copy of the database cut the connections: what was lost idle is met at the next query.
  for (let attempt = 0; ; attempt += 1)
    try {
      await log.log.append(entries(count));
      break;
    } catch (error) {
      if (attempt === 20 || (error as { code?: string }).code !== 'unavailable') throw error;
      await sleep(50);
    }
  await log.step();
};
const refusal = async (log: RunningLog) => {
  await expect(log.log.append([entry(0)])).rejects.toMatchObject({ code: 'log-not-trusted' });
  const { statusCode } = await log.get('/log/ledger/checkpoint');
  return [statusCode, log.guard.distrust];
};

describe('a log and what was published of it', () => {
  it('goes on after a restart, under the name that it had', async () => {
    await publish(first, 300);
    const { body } = await first.get('/log/ledger/checkpoint');
    await first.stop();
    running = [];
    const again = await run(databases[0]);
    databases.pop();
    expect((await again.get('/log/ledger/checkpoint')).body).toBe(body);
    await publish(again, 10);
    expect((await again.get('/log/ledger/checkpoint')).body).toMatch(/^[^\n]*\n310\n/u);
  });

  it('refuses to sign and to append when an old backup was restored', async () => {
    await publish(first, 300);
    const backup = await copyDatabase(first.database);
    await publish(first, 1);
    const restored = await run(backup);
    expect(await refusal(restored)).toEqual([503, 'behind-the-published-checkpoint']);
    expect((await restored.log.head()).size).toBe(300);
    const { body } = await first.get('/log/ledger/checkpoint');
    expect(body).toMatch(/^[^\n]*\n301\n/u);
  });

  it('refuses a backup under which it was running already, within the transaction', async () => {
    await publish(first, 300);
    await tamper(
      first.database,
      `delete from log.entry where seq >= 256; delete from log.intake_key where seq >= 256;
       update log.state set size = 256, edge = decode('0000', 'hex') ||
         decode('0001', 'hex') || (select sha256('x'))`,
    );
    await expect(first.log.append([entry(0)])).rejects.toMatchObject({ code: 'log-not-trusted' });
    expect((await first.log.head()).size).toBe(256);
  });

  it('refuses an old backup that has grown past what was published', async () => {
    await publish(first, 300);
    const backup = await copyDatabase(first.database);
    await publish(first, 20);
    const elsewhere = await run(
      backup,
      `${first.checkpointsDir}/../elsewhere-${process.pid}`,
      true,
    );
    await publish(elsewhere, 50);
    await elsewhere.stop();
    running = running.filter((log) => log !== elsewhere);
    const restored = await run(backup);
    databases.pop();
    expect(await refusal(restored)).toEqual([503, 'not-as-published']);
    await removeFolder(elsewhere.checkpointsDir);
  });

  it.each([
    [
      'another edge',
      `update log.state set edge = set_byte(edge, 5, get_byte(edge, 5) # 1), root = sha256('x')`,
    ],
    ['another root', `update log.state set root = sha256('x')`],
    ['an edge that cannot be read', `update log.state set edge = 'x'`],
    ['an edge that is cut short', `update log.state set edge = substr(edge, 1, 2 + 2 + 16)`],
    [
      'an edge under the right root',
      `update log.state set edge = set_byte(edge, 30, 1 # get_byte(edge, 30))`,
    ],
  ])('refuses %s', async (_, statement) => {
    await publish(first, 300);
    await first.stop();
    running = [];
    await tamper(first.database, statement);
    const again = await run(databases[0]);
    databases.pop();
    expect(await refusal(again)).toEqual([503, 'not-as-published']);
  });

  it('is trusted again once the right database is back', async () => {
    await publish(first, 300);
    const { root } = await first.log.head();
    await tamper(first.database, `update log.state set root = sha256('x')`);
    await first.step();
    expect(await refusal(first)).toEqual([503, 'not-as-published']);
    const { body } = await first.get('/v1/ledger/ledger/entries/0/proof');
    expect(JSON.parse(body)).toMatchObject({ status: 503, code: 'log-not-trusted' });
    await tamper(first.database, `update log.state set root = decode('${root}', 'hex')`);
    await first.step();
    await publish(first, 1);
    expect((await first.get('/v1/ledger/ledger/entries/300/proof')).statusCode).toBe(200);
  });

  it('goes on from a checkpoint that somebody kept, if the log begins with it', async () => {
    await publish(first, 5);
    const { body: kept } = await first.get('/log/ledger/checkpoint');
    await publish(first, 300);
    await removeFolder(join(first.checkpointsDir, 'ledger'));
    mkdirSync(join(first.checkpointsDir, 'ledger'));
    await first.step();
    expect(first.guard.distrust).toBe('without-its-published-checkpoints');
    const own = first.app.get(OwnLog);
    await expect(own.begin('hello\n')).rejects.toThrow('by our key');
    await own.begin(kept);
    await publish(first, 1);
    await expect(own.begin(kept)).rejects.toThrow('already');
    expect((await first.get('/log/ledger/checkpoint')).body).toMatch(/^[^\n]*\n306\n/u);
  });

  it('does not go on from a checkpoint that another key signed', async () => {
    await publish(first, 5);
    const folder = join(first.checkpointsDir, 'ledger');
    const last = readdirSync(folder).toSorted().at(-1) ?? '';
    const { privateKey } = generateKeyPairSync('ed25519');
    const { text } = splitNote(readFileSync(join(folder, last), 'utf8'));
    writeFileSync(join(folder, last), signNote(text, parseCheckpoint(text).origin, privateKey));
    await first.step();
    expect(await refusal(first)).toEqual([503, 'checkpoint-of-another-key']);
  });

  it('records on while the folder is away, and says that nothing is published', async () => {
    await publish(first, 5);
    await removeFolder(first.checkpointsDir);
    await publish(first, 5);
    expect(first.guard.isPublishing).toBe(false);
    expect((await first.log.head()).size).toBe(10);
    mkdirSync(join(first.checkpointsDir, 'ledger'), { recursive: true });
    await first.step();
    expect(await refusal(first)).toEqual([503, 'without-its-published-checkpoints']);
  });

  it('has two processes publish one chain', async () => {
    const second = await run(databases[0]);
    databases.pop();
    for (let n = 0; n < 10; n += 1) {
      await Promise.all([first.log.append(entries(30)), second.log.append(entries(30))]);
      await Promise.all([first.step(), second.step()]);
    }
    await Promise.all([first.step(), second.step()]);
    expect([first.guard.distrust, second.guard.distrust]).toEqual([undefined, undefined]);
    const [a, b] = await Promise.all(
      [first, second].map((log) => log.get('/log/ledger/checkpoint')),
    );
    expect(a?.body).toBe(b?.body);
    expect(a?.body).toMatch(/^[^\n]*\n600\n/u);
  });
});
