import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, expect, it, jest } from '@jest/globals';
import { newAlias, newId, SystemClock } from '#kernel';
import { type Topic, topics } from '#contracts';
import { PostgresLog } from '#log';
import { describeWithKafka, kafkaBrokers } from '#testing';
import { logTopics } from './kafka-topics.js';
import { ensureTopics } from './kafkajs/topics.js';
import { partitionOf } from './partition.js';
import { eventually } from './testing/eventually.js';
import { complete, isInOrder, upTo } from './testing/kafka-system.js';
import {
  add,
  database,
  db,
  first,
  log,
  projectionsOnKafka,
  system,
} from './testing/projections-on-kafka.js';
import { readTopic } from './testing/read-topic.js';

jest.setTimeout(90_000);

let real: PostgresLog | undefined;
const children: ChildProcess[] = [];
/** As it ships: a thread does not run TypeScript. */
const relayMain = pathToFileURL('dist/libs/messaging/src/relay-thread/main.js');

const specs = (names: readonly string[]) =>
  logTopics.slice(0, names.length).map((spec, n) => ({ ...spec, name: names[n] ?? '' }));
const published = (topic: Topic = 'learning-events.v1') =>
  readTopic(system.kafka, topic, log.name, system.prefix);

projectionsOnKafka('test');
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await real?.close();
  real = undefined;
});

describeWithKafka('the relay', () => {
  it('publishes each entry to its topic and partition, naming the one before', async () => {
    add(700);
    log.add('share-stopped', 'urn:lrn:1');
    await system.started(db(), log, [first]);
    add(100);
    await complete(db(), first, 800);
    const records = await published();
    expect([...new Set(records.map(({ seq }) => seq))].toSorted((a, b) => a - b)).toEqual(
      upTo(801).filter((seq) => seq !== 700),
    );
    const last = new Map<number, number>();
    for (const { seq, previous, partition } of records) {
      // A new broker may confirm a part only; then all of it is sent again.
      if (seq <= (last.get(partition) ?? -1)) continue;
      expect(previous).toBe(last.get(partition) ?? -1);
      expect(partition).toBe(partitionOf(log.entries[seq]?.alias ?? ''));
      last.set(partition, seq);
    }
    expect((await published('wallet.v1')).map(({ seq }) => seq)).toEqual([700]);
  });

  it('says exactly the same again when it failed between publishing and writing it down', async () => {
    let left = 3;
    const failpoint = (name: string): void => {
      if (name === 'relay.after-publish' && left-- > 0) throw new Error('power cut');
    };
    add(60);
    await system.started(db(), log, [first], { failpoint });
    add(40);
    expect(await complete(db(), first, 100)).toEqual(upTo(100));
    const records = await published();
    expect(records.length).toBeGreaterThanOrEqual(220);
    const said = new Map<number, number>();
    for (const { seq, previous } of records) {
      expect(said.get(seq) ?? previous).toBe(previous);
      said.set(seq, previous);
    }
    expect(await isInOrder(db(), first)).toBe(true);
  });

  it('does not publish each entry by itself where one comes after the other', async () => {
    const pauses: number[] = [];
    let publishedAt = -Infinity;
    const failpoint = (name: string): void => {
      if (name === 'relay.before-publish') pauses.push(performance.now() - publishedAt);
      if (name === 'relay.after-publish') publishedAt = performance.now();
    };
    const service = await system.started(db(), log, [], { failpoint });
    for (const n of upTo(200)) {
      add(1);
      await eventually(
        () => service.status().relay?.cursor ?? -1,
        (cursor) => cursor >= n - 20,
      );
      await delay(1);
    }
    await eventually(
      () => service.status().relay?.cursor,
      (cursor) => cursor === 199,
    );
    expect((await published()).length).toBeGreaterThanOrEqual(200);
    // A timer of 20 ms may fire a millisecond early.
    expect(pauses.filter((ms) => ms < 19)).toEqual([]);
    expect(pauses.length).toBeGreaterThan(1);
  });

  it('lets one publish and the other wait, ready to take over', async () => {
    const leader = await system.started(db(), log, []);
    const heir = await system.started(db(), log, []);
    expect(leader.status().relay?.role).toBe('leading');
    expect(heir.status().relay?.role).toBe('waiting');
    await leader.stop();
    add(5);
    await eventually(
      () => heir.status().relay?.cursor,
      (cursor) => cursor === 4,
    );
    expect(heir.status().relay).toMatchObject({ role: 'leading', cursor: 4, lag: 0 });
  });

  it('cannot do harm when it comes back from the dead', async () => {
    const frozen = Promise.withResolvers<void>();
    const isFrozen = Promise.withResolvers<void>();
    let times = 0;
    const failpoint = (name: string): Promise<void> | undefined => {
      times += name === 'relay.after-publish' ? 1 : 0;
      if (times !== 2 || name !== 'relay.after-publish') return undefined;
      isFrozen.resolve();
      return frozen.promise;
    };
    add(10);
    const undead = await system.started(db(), log, [], { failpoint });
    await eventually(
      () => undead.status().relay?.cursor,
      (cursor) => cursor === 9,
    );
    add(10);
    await isFrozen.promise;
    await db().query(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'
       and database = (select oid from pg_database where datname = current_database())`,
    );
    await system.started(db(), log, [first]);
    add(10);
    expect(await complete(db(), first, 30)).toEqual(upTo(30));
    frozen.resolve();
    await eventually(
      () => undead.status().relay?.role,
      (role) => role === 'waiting',
    );
    add(10);
    expect(await complete(db(), first, 40)).toEqual(upTo(40));
    const cursor = await db().query<{ seq: string }[]>('select seq from messaging.relay_cursor');
    expect(cursor).toEqual([{ seq: '39' }]);
  });

  it.each([
    ['', 'in this thread'],
    [relayMain.href, 'in one of its own'],
  ])('is killed just after it published: nothing is lost or counted twice (%#)', async (main) => {
    const name = 'recorder';
    const appender = new PostgresLog({
      name,
      databaseUrl: database.url,
      identityKey: new Uint8Array(32),
      clock: new SystemClock(),
    });
    real = appender;
    const aliases = [...Array(9)].map(newAlias);
    const append = (count: number) =>
      appender.append(
        upTo(count).map((i) => ({
          id: newId('evt'),
          kind: 'learner-erased' as const,
          time: new Date(),
          alias: aliases[i % aliases.length] ?? '',
          data: { person: 'p', aliases: [] },
        })),
      );
    const start = (failpoint: string): ChildProcess => {
      const child = spawn(
        process.execPath,
        [
          '--conditions=source',
          `--import=${new URL('testing/swc-hooks.js', import.meta.url).href}`,
          fileURLToPath(new URL('testing/service.ts', import.meta.url)),
        ],
        {
          env: {
            ...process.env,
            NODE_OPTIONS: '',
            DATABASE_URL: database.url,
            KAFKA_BROKERS: kafkaBrokers().join(','),
            SERVICE: name,
            TOPIC_PREFIX: system.prefix,
            TOPICS: 'identity.v1',
            FAILPOINT: failpoint,
            RELAY_MAIN: main,
          },
          stdio: ['ignore', 'inherit', 'inherit'],
        },
      );
      children.push(child);
      return child;
    };
    await append(50);
    const relayKilled = start('relay.after-publish:1');
    expect(await once(relayKilled, 'exit')).toEqual([null, 'SIGKILL']);
    const readerKilled = start('projection.after-handle:2');
    expect(await once(readerKilled, 'exit')).toEqual([null, 'SIGKILL']);
    await append(50);
    const survivor = start('');
    expect(await complete(db(), first, 100, 40_000)).toEqual(upTo(100));
    expect(await isInOrder(db(), first)).toBe(true);
    survivor.kill('SIGTERM');
    expect(await once(survivor, 'exit')).toEqual([0, null]);
  });
});

describeWithKafka('topics', () => {
  const withAdmin = async (
    settings: { numPartitions?: number; configEntries?: { name: string; value: string }[] },
    expected: string | undefined,
  ): Promise<void> => {
    const admin = system.kafka.admin();
    await admin.connect();
    const topic = `${system.prefix}odd`;
    await admin.createTopics({ topics: [{ topic, ...settings }], waitForLeaders: false });
    // The broker tells of a topic a moment after it was made.
    await eventually(
      () => admin.fetchTopicMetadata({ topics: [topic] }).catch(() => undefined),
      (metadata) => metadata !== undefined,
    );
    const result = ensureTopics(admin, specs([topic]));
    if (expected === undefined) await expect(result).resolves.toBeUndefined();
    else await expect(result).rejects.toThrow(expected);
    await admin.disconnect();
  };
  const kept = { name: 'retention.ms', value: '-1' };

  it('are made with settings that keep everything, and pass when they are looked at again', async () => {
    const admin = system.kafka.admin();
    await admin.connect();
    const names = topics.map((topic) => `${system.prefix}anew.${topic}`);
    await ensureTopics(admin, specs(names));
    await expect(ensureTopics(admin, specs(names))).resolves.toBeUndefined();
    await admin.disconnect();
  });

  it('are refused with another number of partitions', () =>
    withAdmin({ numPartitions: 3, configEntries: [kept] }, '3 partitions'));

  it('are refused if they forget', () =>
    withAdmin({ numPartitions: 12 }, 'retention.ms=604800000'));

  it('are refused if they are compacted', () =>
    withAdmin(
      {
        numPartitions: 12,
        configEntries: [kept, { name: 'cleanup.policy', value: 'compact' }],
      },
      'cleanup.policy=compact',
    ));

  it('pass if they are right', () =>
    withAdmin({ numPartitions: 12, configEntries: [kept] }, undefined));
});
