import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { accessTokenKey, signAccessToken } from '#access';
import { RegisteredClient } from '#contracts';
import { FileKeyRing } from '#vault';
import { startPostgres } from '../../../libs/platform/src/postgres/start-postgres.js';
import { startAllInOne, type Topology } from '../../processes/topology.js';

/** Every test of each battery; fewer means that the suite ended early. */
const BATTERIES = { '1.0.3': 1_365, '2.0.0': 1_442 } as const;
type Version = keyof typeof BATTERIES;

interface Summary {
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
}
interface Key {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

const CLIENT = {
  id: 'conformance',
  name: 'Conformance suite',
  type: 'university',
  country: 'ES',
  homePage: 'https://conformance.example',
  sources: ['urn:llcl:conformance:suite'],
  learningContext: 'formal',
  highestAssurance: 'assessed',
} as const;

const register = async ({ url, keysDir }: Topology): Promise<Key> => {
  const key = accessTokenKey(new FileKeyRing(keysDir).secret('access-tokens'));
  const token = await signAccessToken(key, url, { id: 'per_operator', role: 'admin' });
  const response = await fetch(`${url}/v1/clients`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(CLIENT),
  });
  const { xapiKey, xapiSecret } = RegisteredClient.parse(await response.json());
  return { url: `${url}/xapi`, user: xapiKey, password: xapiSecret };
};

/** Runs one battery. Out: what the suite said last, and the file that it wrote. */
const run = async (suite: string, version: Version, { url, user, password }: Key) => {
  const logs = join(suite, 'logs');
  mkdirSync(logs, { recursive: true });
  const command = ['bin/console_runner.js', '-e', url, '-a', '-u', user, '-p', password];
  const child = spawn(process.execPath, [...command, '-x', version], {
    cwd: suite,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await new Promise((done) => child.once('close', done));
  const last = output
    .split('\n')
    .findLast((line) => line.startsWith('{') && line.includes('"total"'));
  if (last === undefined) throw new Error(`the suite said nothing:\n${output.slice(-2_000)}`);
  const newest = readdirSync(logs)
    .map((name) => join(logs, name))
    .toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
  return { summary: JSON.parse(last) as Summary, log: newest && readFileSync(newest, 'utf8') };
};

interface Tested {
  readonly title?: string;
  readonly name?: string;
  readonly requirement?: unknown;
  readonly status?: string;
  readonly error?: unknown;
  readonly tests?: readonly Tested[];
}

/** What each test is and how it ended, without the requests that it made (thirty megabytes). */
const endings = ({ title, requirement, status, error, tests }: Tested): object => ({
  title,
  requirement,
  status,
  error,
  ...(tests && tests.length > 0 ? { tests: tests.map(endings) } : {}),
});

const { suite, out } = new Command('conformance:xapi')
  .description('Runs both batteries of the official xAPI suite against one server')
  .requiredOption('--suite <folder>', 'adlnet/lrs-conformance-test-suite, with `npm install` done')
  .option('--out <folder>', 'where the results go', 'docs/conformance')
  .parse()
  .opts<{ suite: string; out: string }>();

const folder = mkdtempSync(join(tmpdir(), 'ledger-xapi-'));
// Open to all, as servers do not run as root.
chmodSync(folder, 0o755);
const postgres = await startPostgres({ dataDir: folder });
let isMet = true;
try {
  const database = () => Promise.resolve(postgres.url('ledger'));
  const topology = await startAllInOne({ dataDir: folder, database });
  const key = await register(topology);
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: resolve(suite) });
  mkdirSync(out, { recursive: true });
  for (const version of Object.keys(BATTERIES) as Version[]) {
    const since = Date.now();
    const { summary, log } = await run(resolve(suite), version, key);
    const { total, passed, failed } = summary;
    const seconds = Math.round((Date.now() - since) / 1_000);
    isMet &&= failed === 0 && passed === total && total >= BATTERIES[version];
    process.stdout.write(`xAPI ${version}: ${passed} of ${total} passed, ${failed} failed\n`);
    const result = { suite: commit.toString().trim(), version, total, passed, failed, seconds };
    writeFileSync(join(out, `xapi-${version}.json`), `${JSON.stringify(result, null, 2)}\n`);
    if (log === undefined) continue;
    const { log: tree, ...about } = JSON.parse(log) as { readonly log: Tested };
    writeFileSync(
      join(out, `xapi-${version}.log.json`),
      `${JSON.stringify({ ...about, log: endings(tree) })}\n`,
    );
  }
  await topology.stop();
} finally {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = isMet ? 0 : 1;
