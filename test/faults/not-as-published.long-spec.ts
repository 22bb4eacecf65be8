import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { Person, tokenFor } from '../journey/client.js';
import { createEmptyDatabase } from '../journey/database.js';
import { ledgerCommand } from '../journey/maintenance.js';
import * as story from '../journey/story.js';
import type { LedgerProcess } from '../processes/ledger-process.js';
import { startAllInOne, type Topology } from '../processes/topology.js';

jest.setTimeout(120_000);

/** What an operator meets whose database is not the log that was published. */
describe('a database that is not the published log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-published-'));
  const checkpoints = join(folder, 'checkpoints');
  const kept = join(folder, 'kept.txt');
  let topology: Topology;
  let admin: Person;
  const ledger = () => topology.processes['ledger'] as LedgerProcess;
  const run = (...parameters: string[]): string =>
    ledgerCommand(parameters, topology.environments['ledger'] ?? {});
  const register = (client: object) => admin.send('post', '/v1/clients', client);
  const restart = async (): Promise<void> => {
    await ledger().stop();
    ledger().start();
    await ledger().ready('/health/live');
  };
  const parts = async () => (await admin.send('get', '/health/ready')).body.parts;
  const log = async () => (await parts()).log;
  const tamper = async (statement: string, values: unknown[] = []) => {
    const client = new Client({ connectionString: topology.databases['ledger'] });
    await client.connect();
    await client.query("set session_replication_role = 'replica'");
    const { rows } = await client.query(statement, values);
    await client.end();
    return rows;
  };

  beforeAll(async () => {
    topology = await startAllInOne({ dataDir: folder, database: createEmptyDatabase });
    const { keysDir, url } = topology;
    const operator = { id: 'per_operator', role: 'admin' } as const;
    admin = new Person(url, await tokenFor(keysDir, url, operator));
    for (const client of story.clients.slice(0, 2))
      expect((await register(client)).status).toBe(201);
    const { body } = await admin.until(
      '/v1/ledger/ledger/entries/1/proof',
      ({ status }) => status === 200,
    );
    writeFileSync(kept, body.checkpoint);
  });
  afterAll(async () => {
    await topology.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is well to begin with, says fsck', () => {
    expect(run('fsck', '--checkpoint', kept)).toMatch(
      /log ledger: \d+ entries.*, 0 violations\nlog meta: .*, 0 violations/u,
    );
  });

  it('records nothing once its checkpoints are gone, and says why', async () => {
    await ledger().stop();
    renameSync(join(checkpoints, 'ledger'), join(folder, 'aside'));
    ledger().start();
    await ledger().ready('/health/live');
    expect(await log()).toBe('without-its-published-checkpoints');
    const answer = await register(story.clients[2] ?? {});
    expect([answer.status, answer.body.code]).toEqual([503, 'log-not-trusted']);
    expect(answer.headers['retry-after']).toBeDefined();
  });

  it('goes on from a checkpoint that somebody kept, and from no other', async () => {
    await ledger().stop();
    expect(() => run('publish-log')).toThrow('Give --checkpoint');
    const other = join(folder, 'other.txt');
    writeFileSync(other, 'ledger.example/log\n2\nabc\n\n— ledger.example/log AAAAAAAA\n');
    expect(() => run('publish-log', '--checkpoint', other)).toThrow('no checkpoint of');
    expect(run('publish-log', '--checkpoint', kept)).toContain('is published');
    ledger().start();
    await ledger().ready();
    expect((await register(story.clients[2] ?? {})).status).toBe(201);
  });

  it('is unready when the meta-log was cut, records on, and says which log it is', async () => {
    const metaSize = () => tamper('select size from meta_log.state');
    await ledger().stop();
    const [lost] = await tamper(`delete from meta_log.entry
      where seq = (select max(seq) from meta_log.entry) returning *`);
    expect(() => run('fsck')).toThrow(/the state says \d+ entries, there are/u);
    const before = await metaSize();
    ledger().start();
    await ledger().ready('/health/live');
    expect((await admin.send('get', '/health/ready')).status).toBe(503);
    expect(await parts()).toMatchObject({ 'meta-log': 'not-as-published' });
    expect(await log()).toBeUndefined();
    const metrics = (await admin.send('get', '/metrics')).text;
    expect(metrics).toMatch(/^ledger_meta_log_trusted\{.*\} 0$/mu);
    expect(metrics).toMatch(/^ledger_log_trusted\{.*\} 1$/mu);
    expect((await register(story.clients[3] ?? {})).status).toBe(201);
    expect(await metaSize()).toEqual(before);
    await tamper('insert into meta_log.entry values ($1, $2, $3, $4, $5)', Object.values(lost));
    await ledger().ready();
  });

  it('is found by fsck and refused by the service when it was cut', async () => {
    await admin.until('/v1/ledger/ledger/entries/5', ({ status }) => status === 200);
    await ledger().stop();
    await tamper(`delete from log.entry where seq >= 2;
      update log.state set size = 2, edge = decode('0002', 'hex') ||
        (select string_agg(leaf_hash, ''::bytea order by seq) from log.entry),
        root = sha256(decode('01', 'hex') ||
          (select string_agg(leaf_hash, ''::bytea order by seq) from log.entry))`);
    expect(() => run('fsck')).toThrow('entries were published, there are 2: an old backup?');
    await restart();
    expect(await log()).toBe('behind-the-published-checkpoint');
  });
});
