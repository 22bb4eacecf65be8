import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { newAlias, newId, SystemClock } from '#kernel';
import { PostgresLog } from '#log';
import { describeWithKafka, kafkaBrokers } from '#testing';
import { eventually, silent } from '../testing/eventually.js';
import { upTo } from '../testing/kafka-system.js';
import { database, db, projectionsOnKafka, system } from '../testing/projections-on-kafka.js';
import { readTopic } from '../testing/read-topic.js';
import type { Relay } from '../kafka-relay.js';
import type { MessagingLogger } from '../logger.js';
import { RelayThread } from './relay-thread.js';

jest.setTimeout(60_000);

/** As it ships: a thread does not run TypeScript. */
const main = pathToFileURL('dist/libs/messaging/src/relay-thread/main.js');

let log: PostgresLog;
let stopping: AbortController[];
let running: Promise<void>[];

projectionsOnKafka('memory');
beforeEach(() => {
  [stopping, running] = [[], []];
  log = new PostgresLog({
    name: 'test',
    databaseUrl: database.url,
    identityKey: new Uint8Array(32),
    clock: new SystemClock(),
  });
});
afterEach(async () => {
  for (const one of stopping) one.abort();
  await Promise.all(running);
  await log.close();
});

const append = (count: number) =>
  log.append(
    upTo(count).map(() => ({
      id: newId('evt'),
      kind: 'learner-erased' as const,
      time: new Date(),
      alias: newAlias(),
      data: { person: 'p', aliases: [] },
    })),
  );
const start = (logger: MessagingLogger = silent): { relay: Relay; stop: () => Promise<void> } => {
  const kafka = { brokers: kafkaBrokers(), service: 'test', topicPrefix: system.prefix };
  const relay = new RelayThread(main, { log, databaseUrl: database.url, kafka, logger });
  const stop = new AbortController();
  const run = relay.run(stop.signal);
  stopping.push(stop);
  running.push(run);
  return {
    relay,
    stop: () => {
      stop.abort();
      return run;
    },
  };
};
const cursorIs = (relay: Relay, expected: number) =>
  eventually(
    () => relay.status,
    ({ role, cursor }) => role === 'leading' && cursor === expected,
  );
const published = async (): Promise<readonly number[]> => {
  const records = await readTopic(system.kafka, 'identity.v1', log.name, system.prefix);
  return [...new Set(records.map(({ seq }) => seq))].toSorted((a, b) => a - b);
};
const killConnections = () =>
  db().query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'ledger-log'`,
  );

describeWithKafka('a relay in a thread of its own', () => {
  it('publishes what was there and what is committed, and tells how far it is', async () => {
    await append(30);
    const { relay } = start();
    expect(relay.status).toEqual({ role: 'starting', cursor: undefined, lag: 0 });
    await cursorIs(relay, 29);
    await append(20);
    expect(await cursorIs(relay, 49)).toEqual({ role: 'leading', cursor: 49, lag: 0 });
    expect(await published()).toEqual(upTo(50));
  });

  it('hears of a commit, and does not wait for its next look', async () => {
    const { relay } = start();
    await cursorIs(relay, -1);
    const waits: number[] = [];
    for (const n of upTo(8)) {
      // It pauses after what it has published, looks, finds nothing, and waits.
      await delay(60);
      await append(1);
      const since = performance.now();
      await cursorIs(relay, n);
      waits.push(performance.now() - since);
    }
    // It looks 250 ms after it last found nothing, which was shortly before each of these.
    expect(waits.toSorted((a, b) => a - b)[3]).toBeLessThan(150);
  });

  it('waits while another publishes, takes over, and leaves nothing behind', async () => {
    const first = start();
    await cursorIs(first.relay, -1);
    const second = start();
    await eventually(
      () => second.relay.status.role,
      (role) => role === 'waiting',
    );
    expect(second.relay.status.role).toBe('waiting');
    await first.stop();
    await append(5);
    expect(await cursorIs(second.relay, 4)).toMatchObject({ role: 'leading', cursor: 4 });
    expect(await published()).toEqual(upTo(5));
    await second.stop();
    const locks = await db().query<unknown[]>(
      `select 1 from pg_locks where locktype = 'advisory'
       and database = (select oid from pg_database where datname = current_database())`,
    );
    expect(locks).toEqual([]);
  });

  it('goes on when its connections are cut, and says so by the logger of the process', async () => {
    const said: string[] = [];
    const { relay } = start({
      ...silent,
      warn: (details: object, message: string) => {
        said.push(`${message}: ${JSON.stringify(details)}`);
      },
    });
    await append(10);
    await cursorIs(relay, 9);
    await killConnections();
    await eventually(
      () => said.length,
      (length) => length > 0,
    );
    expect(said).toEqual([
      'the relay fails and is tried again: {"code":"unavailable:the database"}',
    ]);
    await eventually(
      () => append(10).then(Boolean, () => false),
      (isDone) => isDone,
    );
    await cursorIs(relay, 19);
    expect(await published()).toEqual(upTo(20));
  });

  it('is not begun where it is to stop already', async () => {
    const relay = new RelayThread(new URL('file:///nothing-is-there.js'), {
      log,
      databaseUrl: database.url,
      kafka: { brokers: [], service: 'test' },
      logger: silent,
    });
    await expect(relay.run(AbortSignal.abort())).resolves.toBeUndefined();
  });
});
