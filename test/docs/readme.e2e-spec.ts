import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEmptyDatabase } from '../journey/database.js';
import { freePort, LedgerProcess } from '../processes/ledger-process.js';

const blocks = [...readFileSync('README.md', 'utf8').matchAll(/```bash\n(?<code>.*?)```/gsu)].map(
  (match) => match.groups?.['code'] ?? '',
);

describe('the journey by hand in the README', () => {
  let ledger: LedgerProcess;
  let env: Record<string, string>;

  beforeAll(async () => {
    const port = await freePort();
    env = {
      PORT: String(port),
      DATABASE_URL: await createEmptyDatabase(),
      DATA_DIR: mkdtempSync(join(tmpdir(), 'ledger-readme-')),
      DEMO: '1',
    };
    ledger = new LedgerProcess('apps/all-in-one/src/main.js', `http://localhost:${port}`, env);
    ledger.start();
    await ledger.printed('Stop with Ctrl+C');
  }, 120_000);
  afterAll(() => ledger.stop(), 30_000);

  it('runs, every block of it as it stands', () => {
    expect(blocks.length).toBeGreaterThan(8);
    // Only the port differs, and the folder that credential.json and transcript.xml are put in.
    const script = blocks
      .join('\n')
      .replaceAll('http://localhost:3000', ledger.url)
      .replaceAll('npm run -s ledger', `npm --prefix ${resolve('.')} run -s ledger`);
    const folder = mkdtempSync(join(tmpdir(), 'ledger-readme-files-'));
    const { status, stdout, stderr } = spawnSync('bash', ['-eu', '-o', 'pipefail', '-c', script], {
      cwd: folder,
      encoding: 'utf8',
      // Built already, and other tests start processes from that: no `preledger` may build it anew.
      env: { ...process.env, ...env, LEDGER_URL: ledger.url, npm_config_ignore_scripts: 'true' },
    });
    expect({ status, stderr: status === 0 ? '' : `${stderr}\n${stdout}` }).toEqual({
      status: 0,
      stderr: '',
    });
    expect(stdout).toContain('"status":"recorded"');
    expect(stdout).toContain('"verdict":"genuine"');
    expect(stdout).toContain('"verdict":"withdrawn"');
    expect(stdout).toMatch(/log ledger: \d+ entries, root [0-9a-f]{64}, 0 violations/u);
    expect(stdout).toMatch(/\/log\/ledger: \d+ entries, root [0-9a-f]{64}/u);
    expect(readFileSync(join(folder, 'transcript.xml'), 'utf8')).toContain('<elmo');
  }, 120_000);
});
