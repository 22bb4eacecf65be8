import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { checkLog } from '#log';
import { Client as Provider, Job } from '#contracts';
import { tokenFor } from '../journey/client.js';
import { createEmptyDatabase } from '../journey/database.js';
import { startAllInOne, type Topology } from '../processes/topology.js';

jest.setTimeout(120_000);

const ROWS = 20_000;
const BOUNDARY = 'x-crash-x';
const provider: Provider = {
  id: 'crash',
  name: 'Crash',
  type: 'library',
  country: 'ES',
  homePage: 'https://crash.example',
  sources: ['urn:llcl:crash:desk'],
  learningContext: 'non-formal',
  highestAssurance: 'observed',
  recognises: false,
};
const table = `Card,Course,Date\n${Array.from(
  { length: ROWS },
  (_, n) => `c-${n % 100},Course ${n},2026-05-04`,
).join('\n')}\nc-1,=1+1,2026-05-04\n`;

describe('an import whose process dies', () => {
  let ledger: Topology;
  afterAll(() => ledger?.stop());

  it('goes on from its place, again and again, and records each row once', async () => {
    ledger = await startAllInOne({
      dataDir: mkdtempSync(join(tmpdir(), 'ledger-import-')),
      database: createEmptyDatabase,
    });
    const { ledger: process } = ledger.processes;
    const { ledger: databaseUrl = '' } = ledger.databases;
    if (!process) throw new Error('there is no process');
    const admin = await tokenFor(ledger.keysDir, ledger.url, { id: 'per_a', role: 'admin' });
    const actor = { id: 'crash', role: 'provider', organisation: 'crash' } as const;
    const authorization = await tokenFor(ledger.keysDir, ledger.url, actor);
    const ask = async (
      method: string,
      path: string,
      more: { headers?: Record<string, string>; body?: string } = {},
    ): Promise<unknown> => {
      const headers = { authorization, ...more.headers };
      const response = await fetch(`${ledger.url}${path}`, { method, ...more, headers });
      const text = await response.text();
      if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
      return JSON.parse(text);
    };
    await ask('POST', '/v1/clients', {
      headers: { authorization: admin, 'content-type': 'application/json' },
      body: JSON.stringify(provider),
    });
    while (
      await ask('GET', '/v1/imports').then(
        () => false,
        () => true,
      )
    )
      await sleep(50);
    const before = (await checkLog({ databaseUrl, name: 'ledger' })).size;
    const { id } = (await ask('POST', '/v1/imports', {
      headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
      body: `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${table}\r\n--${BOUNDARY}--\r\n`,
    })) as { id: string };

    // The first two die between recording some rows and moving the place; before the third starts,
    // the lease of the second runs out.
    const db = new Client({ connectionString: databaseUrl });
    await db.connect();
    const sizes: number[] = [];
    const restart = async (extra: Readonly<Record<string, string>>): Promise<void> => {
      await db.query(`update recording.import set leased_until = now() where lease is not null`);
      process.start(extra);
    };
    await process.stop();
    await restart({ FAILPOINT: 'imports.after-record:6' });
    await process.ready();
    await ask('POST', `/v1/imports/${id}/confirm`);
    await process.ended();
    await restart({ FAILPOINT: 'imports.after-record:9' });
    await process.ended();
    const { rows } = await db.query<{ row: string }>('select row from recording.import_file');
    sizes.push((await checkLog({ databaseUrl, name: 'ledger' })).size - before);
    expect(Number(rows[0]?.row)).toBeGreaterThan(3_000);
    expect(sizes[0]).toBeGreaterThan(Number(rows[0]?.row));
    expect(sizes[0]).toBeLessThan(ROWS);
    await restart({});
    await process.ready();
    let job = Job.parse(await ask('GET', `/v1/jobs/${id}`));
    for (; job.state === 'running'; job = Job.parse(await ask('GET', `/v1/jobs/${id}`)))
      await sleep(200);
    await db.end();
    expect(job).toMatchObject({
      state: 'done',
      done: ROWS + 2,
      total: ROWS + 2,
      counts: { recorded: ROWS, duplicate: 0, refused: 1 },
    });
    const after = await checkLog({ databaseUrl, name: 'ledger' });
    expect(after.size).toBe(before + ROWS);
    expect(after.violations).toEqual([]);
  });
});
