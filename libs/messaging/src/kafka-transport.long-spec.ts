import { expect, it, jest } from '@jest/globals';
import { DomainError } from '#kernel';
import { describeWithKafka } from '#testing';
import { contentOf } from '#log';
import { laneFor, toRecord } from './kafka-record.js';
import { eventually } from './testing/eventually.js';
import { complete, isInOrder, upTo } from './testing/kafka-system.js';
import { MemoryLog } from './testing/memory-log.js';
import {
  add,
  db,
  first,
  log,
  projectionsOnKafka,
  second,
  system,
} from './testing/projections-on-kafka.js';
import { Tally } from './testing/tally.js';

jest.setTimeout(90_000);

projectionsOnKafka('recorder');

const publish = async (messages: readonly { partition: number; value: string | null }[]) => {
  const producer = system.kafka.producer();
  await producer.connect();
  await producer.send({ topic: `${system.prefix}learning-events.v1`, messages: [...messages] });
  await producer.disconnect();
};

describeWithKafka('the Kafka transport', () => {
  it('brings every projection each message once, in the order of each learner', async () => {
    add(1_500);
    await system.started(db(), log, [first, second]);
    add(500);
    for (const tally of [first, second]) {
      expect(await complete(db(), tally, 2_000)).toEqual(upTo(2_000));
      expect(await isInOrder(db(), tally)).toBe(true);
    }
  });

  it('goes on after a restart, without reading what it has', async () => {
    add(300);
    const before = await system.started(db(), log, [first]);
    await complete(db(), first, 300);
    await before.stop();
    add(100);
    const handled: number[] = [];
    first.before = (batch) => void handled.push(...batch.map(({ seq }) => seq));
    await system.started(db(), log, [first]);
    expect(await complete(db(), first, 400)).toEqual(upTo(400));
    expect(handled.length).toBe(100);
  });

  it('counts once while readers come, go and fail in the middle of a batch', async () => {
    let calls = 0;
    first.after = () => {
      calls += 1;
      if (calls % 4 === 0) throw new Error('the database went away');
    };
    const one = await system.started(db(), log, [first]);
    add(300);
    const two = await system.started(db(), log, [first]);
    add(300);
    await one.stop();
    add(300);
    await system.started(db(), log, [first]);
    add(100);
    await two.stop();
    expect(await complete(db(), first, 1_000, 60_000)).toEqual(upTo(1_000));
    expect(await isInOrder(db(), first)).toBe(true);
  });

  it('rolls back what a reader did that had lost its partitions meanwhile', async () => {
    const frozen = Promise.withResolvers<void>();
    const isFrozen = Promise.withResolvers<void>();
    const dead = new Tally('first');
    dead.after = () => {
      isFrozen.resolve();
      return frozen.promise;
    };
    log.add('learning-event', 'urn:lrn:1');
    const undead = await system.started(db(), log, [dead]);
    await isFrozen.promise;
    const stopped = undead.stop();
    await system.started(db(), log, [first]);
    expect(await complete(db(), first, 1, 60_000)).toEqual([0]);
    frozen.resolve();
    await stopped;
    expect(await first.seqs(db())).toEqual([0]);
  });

  it('lets a projection that hangs hold up itself only', async () => {
    const frozen = Promise.withResolvers<void>();
    first.before = () => frozen.promise;
    add(50);
    await system.started(db(), log, [first, second]);
    expect(await complete(db(), second, 50)).toEqual(upTo(50));
    expect(await first.seqs(db())).toEqual([]);
    frozen.resolve();
    expect(await complete(db(), first, 50)).toEqual(upTo(50));
  });

  it('sets poison and unreadable messages aside, and nothing waits for them', async () => {
    first.after = (batch) => {
      if (batch.some(({ seq }) => seq === 20)) throw new DomainError('already-decided');
    };
    add(30);
    const messaging = await system.started(db(), log, [first]);
    await complete(db(), first, 29);
    await publish([
      { partition: 1, value: 'Ada Lovelace' },
      { partition: 1, value: null },
    ]);
    add(30);
    const expected = upTo(60).filter((seq) => seq !== 20);
    expect(await complete(db(), first, 59)).toEqual(expected);
    const letters = await eventually(
      () => messaging.deadLetters.list(),
      ({ length }) => length === 3,
    );
    expect(letters.map(({ reasonCode }) => reasonCode).toSorted()).toEqual([
      'already-decided',
      'unreadable',
      'unreadable',
    ]);
    expect(JSON.stringify(letters)).not.toContain('Ada');
    first.after = () => undefined;
    const poison = letters.find(({ seq, log: name }) => seq === 20 && name === 'recorder');
    expect(await messaging.deadLetters.retry(poison?.id ?? -1)).toBe(true);
    const unreadable = letters.find(({ reasonCode }) => reasonCode === 'unreadable');
    expect(await messaging.deadLetters.retry(unreadable?.id ?? -1)).toBe(false);
    expect(await complete(db(), first, 60)).toEqual(upTo(60));
  });

  it('waits at a gap, says so, and goes on when what was missing is published', async () => {
    const alias = 'urn:lrn:1';
    const entries = upTo(4).map(() => log.add('learning-event', alias));
    const silentLog = new MemoryLog('issuer');
    const messaging = await system.started(db(), silentLog, [first]);
    const send = (seqs: readonly (readonly [number, number])[]) =>
      publish(
        seqs.map(([seq, previous]) => {
          const entry = entries[seq];
          if (!entry) throw new Error('no such entry');
          const { partition, key, value, headers } = toRecord(
            { ...entry, content: contentOf(entry) },
            laneFor(entry),
            previous,
          );
          return { partition, key, value: String(value), headers };
        }),
      );
    await send([
      [0, -1],
      [3, 2],
    ]);
    await complete(db(), first, 1);
    const [status] = await eventually(
      () => messaging.status().projections,
      ([one]) => one?.gaps !== undefined,
    );
    expect(status?.gaps).toHaveLength(1);
    expect(await first.seqs(db())).toEqual([0]);
    await send([
      [0, -1],
      [1, 0],
      [2, 1],
      [3, 2],
    ]);
    expect(await complete(db(), first, 4)).toEqual([0, 1, 2, 3]);
    await eventually(
      () => messaging.status().projections[0]?.gaps,
      (gaps) => gaps === undefined,
    );
    expect(messaging.status().projections[0]?.gaps).toBeUndefined();
  });

  it('reads from the beginning when its place is behind what Kafka or a hint says', async () => {
    add(100);
    const before = await system.started(db(), log, [first]);
    await complete(db(), first, 100);
    await before.stop();
    // As if an older backup of the database had been restored, but not the hint.
    await db().query('truncate tally.first');
    await db().query('delete from messaging.place where partition % 2 = 0');
    await db().query('update messaging.place set seq = 0, next_offset = 1000000');
    await db().query('insert into tally.first (log, seq) select log, 0 from messaging.place');
    const [{ n: kept } = { n: 0 }] = await db().query<{ n: number }[]>(
      'select count(*)::int n from messaging.place',
    );
    add(100);
    await system.started(db(), log, [first]);
    const expected = upTo(200);
    const seqs = await complete(db(), first, 200 + kept - 1);
    expect([...new Set(seqs)]).toEqual(expected.slice(0, new Set(seqs).size));
    expect(seqs.filter((seq) => seq > 0)).toEqual(expected.slice(1));
  });

  it('makes a read model anew, from the beginning, also when nothing new comes', async () => {
    add(200);
    const messaging = await system.started(db(), log, [first, second]);
    await complete(db(), first, 200);
    await complete(db(), second, 200);
    await messaging.rebuild(['first']);
    expect(await complete(db(), first, 200)).toEqual(upTo(200));
    const elsewhere = system.service(db(), log, [first, second]);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await elsewhere.rebuild(['second']);
    expect(await complete(db(), second, 200)).toEqual(upTo(200));
    add(10);
    expect(await complete(db(), first, 210)).toEqual(upTo(210));
    expect(await complete(db(), second, 210)).toEqual(upTo(210));
  });

  it('makes read models anew that were filled by the embedded transport before', async () => {
    add(20);
    const embedded = system.service(db(), log, [first], { brokers: [] });
    await embedded.start();
    await complete(db(), first, 20);
    await embedded.stop();
    await system.started(db(), log, [first]);
    expect(await complete(db(), first, 20)).toEqual(upTo(20));
  });

  it('starts and stops without Kafka, and says that it is not healthy', async () => {
    add(1);
    const alone = system.service(db(), log, [first], { brokers: ['127.0.0.1:1'] });
    await alone.start();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(alone.isHealthy()).toBe(false);
    const startedAt = Date.now();
    await alone.stop();
    expect(Date.now() - startedAt).toBeLessThan(10_000);
  });
});
