import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { logMigrations } from '#log';
import {
  decodeBundle,
  leafHash,
  parseCheckpoint,
  parseVerifierKey,
  splitNote,
  verifyInclusion,
} from '#merkle';
import { createDatabase } from '#testing';
import { checkMetaLog } from './check-meta-log.js';
import { CreateMetaLog1764100100000 } from './migrations.js';
import { MetaLog } from './meta-log.js';
import { openCheckpoint, RemoteLog } from './remote-log.js';
import { forge, forgeries } from './testing/forge.js';
import { entries, removeFolder, type RunningLog, runLog, tamper } from './testing/running-log.js';
import { recomputeLog, verifyLog } from './verify-log.js';

let other: RunningLog;
let main: RunningLog;
let meta: MetaLog;
/** Where the log of the other service is. */
let url: string;

const startMain = async (): Promise<RunningLog> => {
  const database = await createDatabase([...logMigrations, CreateMetaLog1764100100000]);
  return runLog({ database, name: 'exchange', settings: { meta: { logs: ['recorder'], url } } });
};
beforeEach(async () => {
  other = await runLog({ name: 'recorder' });
  await other.app.listen(0, '127.0.0.1');
  url = await other.app.getUrl();
  main = await startMain();
  meta = main.app.get(MetaLog);
  await meta.start();
});
afterEach(async () => {
  await meta.stop();
  for (const log of [main, other]) {
    await log.stop();
    await log.database.close();
    await removeFolder(log.checkpointsDir);
  }
});

const json = async (path: string) => (await main.get(path)).json();
const grow = async (log: RunningLog, count: number): Promise<void> => {
  await log.log.append(entries(count));
  await log.step();
};
const sizes = async (): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await json('/v1/ledger/meta/logs')).data.map(
      ({ origin, size }: { origin: string; size: number }) => [origin.split('/').at(-1), size],
    ),
  );

describe('the meta-log', () => {
  it('gives one root over the logs, from which every entry can be reached', async () => {
    await grow(other, 300);
    await grow(main, 20);
    await meta.round();
    await grow(other, 100);
    await meta.round();
    expect(await sizes()).toEqual({ recorder: 400, exchange: 20 });
    const key = parseVerifierKey((await main.get('/log/meta/vkey')).body.trim());
    const root = openCheckpoint((await main.get('/log/meta/checkpoint')).body, key).checkpoint;
    const { data } = await json('/v1/ledger/meta/logs');
    for (const { seq, checkpoint } of data) {
      const { hashes } = await json(`/v1/ledger/meta/entries/${seq}/proof`);
      const proof = hashes.map((hash: string) => Buffer.from(hash, 'hex'));
      const claim = { index: seq, size: root.size, root: root.root, proof };
      expect(verifyInclusion({ ...claim, leafHash: leafHash(Buffer.from(checkpoint)) })).toBe(true);
      expect(verifyInclusion({ ...claim, leafHash: leafHash(Buffer.from('x')) })).toBe(false);
    }
  });

  it('is open to all, entries too, as they are public', async () => {
    await grow(other, 3);
    await meta.round();
    const { size } = parseCheckpoint(splitNote((await main.get('/log/meta/checkpoint')).body).text);
    const bundle = await main.get(`/log/meta/tile/entries/000.p/${size}`);
    expect(bundle.statusCode).toBe(200);
    const notes = decodeBundle(bundle.rawPayload).map(String);
    expect(notes).toHaveLength(size);
    expect(notes.some((note) => note.includes('/log/recorder\n3\n'))).toBe(true);
    expect((await main.get('/log/exchange/tile/entries/000.p/1')).statusCode).toBe(401);
    expect((await main.get('/log/meta/tile/entries/000')).statusCode).toBe(404);
    await main.app.listen(0, '127.0.0.1');
    const key = parseVerifierKey((await main.get('/log/meta/vkey')).body.trim());
    const remote = new RemoteLog(`${await main.app.getUrl()}/log/meta`, key);
    await recomputeLog(remote, await verifyLog(remote), { withEntries: true });
  });

  it('says nothing twice', async () => {
    await grow(other, 3);
    await meta.round();
    const before = (await main.get('/log/meta/checkpoint')).body;
    await meta.round();
    expect((await main.get('/log/meta/checkpoint')).body).toBe(before);
  });

  it('takes no checkpoint of a log that was rewritten, nor of another key', async () => {
    await grow(other, 520);
    await meta.round();
    await forge(other.database, { change: forgeries[0][1] });
    await other.stop();
    await removeFolder(other.checkpointsDir);
    const { port } = new URL(url);
    other = await runLog({ database: other.database, name: 'recorder', isFirst: true });
    await other.app.listen(Number(port), '127.0.0.1');
    await grow(other, 10);
    await meta.round();
    expect((await sizes())['recorder']).toBe(520);
  });

  it('goes on with the others while one is away', async () => {
    await other.stop();
    await grow(main, 7);
    await meta.round();
    expect(await sizes()).toEqual({ exchange: 7 });
    other = await runLog({ name: 'recorder' });
  });

  it.each([
    [
      'an entry',
      `update meta_log.entry set leaf = leaf || '\\x0a' where seq = 0`,
      /entry is no checkpoint|root does not/u,
    ],
    [
      'the last entry',
      'delete from meta_log.entry where seq = (select max(seq) from meta_log.entry)',
      /state says/u,
    ],
    ['the root', `update meta_log.state set root = sha256('x')`, /root does not fit/u],
  ])('is checked by fsck: %s', async (_, statement, found) => {
    await grow(other, 3);
    await meta.round();
    const check = () => checkMetaLog(main.database.dataSource, []);
    expect((await check())?.violations).toEqual([]);
    await tamper(main.database, statement);
    const whats = (await check())?.violations.map(({ what }) => what);
    expect(whats?.join('\n')).toMatch(found);
    expect(await checkMetaLog(other.database.dataSource, [])).toBeUndefined();
  });
});
