import { beforeEach, expect, it, jest } from '@jest/globals';
import kafkajs from 'kafkajs';
import { UnavailableError } from '#kernel';
import { describeWithKafka } from '#testing';
import { eventually } from './testing/eventually.js';
import { type IntakeSystem, intakeSystems, some, statusOf } from './testing/intake-system.js';
import { MemoryLog } from './testing/memory-log.js';

jest.setTimeout(90_000);

const systems = intakeSystems();
let system: IntakeSystem;
beforeEach(() => {
  system = systems();
});

describeWithKafka('the intake', () => {
  it('takes in what a client writes to its topic and answers each under its key', async () => {
    await system.start();
    const uni = await system.connect();
    await uni.names([...some(100), 'no thanks']);
    await uni.send([{ key: null, value: 'without a key' }]);
    const answers = await uni.answered(102);
    expect(await system.register.names()).toEqual([...some(100), 'without a key'].toSorted());
    for (const { key, headers, result } of answers) {
      const name = headers['ce_eventid'] ?? '';
      expect(key).toBe(name === 'without a key' ? null : `key-${name}`);
      expect(headers).toMatchObject({
        ce_specversion: '1.0',
        ce_source: 'urn:llcl:log:recorder',
        ce_id: `uni/${headers['ce_intakepartition']}/${headers['ce_intakeoffset']}`,
        ce_type: `org.learning-ledger.${'code' in result ? 'problem' : 'receipt'}.v1`,
      });
    }
    expect(answers.filter(({ result }) => 'code' in result)).toHaveLength(1);
    expect(new Set(answers.map(({ headers }) => headers['ce_id'])).size).toBe(102);
  });

  it.each(['intake.after-take', 'intake.after-answer'])(
    'takes each in once when it is cut off at %s, and answers again',
    async (point) => {
      let cuts = 2;
      const failpoint = (name: string): void => {
        if (name === point && cuts-- > 0) throw new Error('power cut');
      };
      await system.start({ failpoint });
      const uni = await system.connect();
      await uni.names(some(300));
      expect(await system.registered(300)).toEqual(some(300));
      expect(await uni.answered(300)).toHaveLength(300);
      expect(cuts).toBeLessThan(1);
      const asked = await eventually(
        () => system.register.asked.length,
        (length) => length > 300,
      );
      expect(asked).toBeGreaterThan(300);
      expect(await system.register.names()).toEqual(some(300));
      const first = uni.answers.filter((answer) => statusOf(answer) === 'recorded');
      expect(new Set(first.map(({ key }) => key)).size).toBe(first.length);
    },
  );

  it('takes each in once while readers come and go', async () => {
    const one = await system.start();
    const uni = await system.connect();
    await uni.names(some(300));
    const two = await system.start();
    await uni.names(some(300, 300));
    await one.stop();
    await uni.names(some(300, 600));
    await system.start();
    await two.stop();
    await uni.names(some(100, 900));
    expect(await system.registered(1_000)).toEqual(some(1_000));
    expect(await uni.answered(1_000)).toHaveLength(1_000);
  });

  it('goes on where it was after a restart', async () => {
    const before = await system.start();
    const uni = await system.connect();
    await uni.names(some(200));
    await uni.answered(200);
    await before.stop();
    system.register.asked.length = 0;
    await system.start();
    await uni.names(some(50, 200));
    await uni.answered(250);
    expect([...new Set(system.register.asked)].toSorted()).toEqual(some(50, 200));
  });

  it('lets messages wait in Kafka while what it needs is away', async () => {
    let isAway = true;
    system.register.before = () => {
      if (isAway) throw new UnavailableError('the database');
    };
    const messaging = await system.start();
    const uni = await system.connect();
    await uni.names(some(300));
    const [status] = await eventually(
      () => messaging.status().projections,
      ([one]) => one?.stalledSince !== undefined,
    );
    expect(status).toMatchObject({ name: 'intake', lastError: 'unavailable:the database' });
    expect(uni.answers).toEqual([]);
    expect(messaging.status().intake).toEqual({
      recorded: 0,
      duplicate: 0,
      test: 0,
      refused: 0,
    });
    const waiting = () => messaging.lags().then(([lag]) => lag);
    const topic = 'learning-events.intake.v1';
    const lag = await waiting();
    expect(lag).toMatchObject({ reader: 'intake', topic });
    // Who writes may have been told to write again what was there.
    expect(lag?.messages).toBeGreaterThanOrEqual(300);
    isAway = false;
    expect(await system.registered(300)).toEqual(some(300));
    const answers = await uni.answered(300);
    expect(new Set(answers.map(statusOf))).toEqual(new Set(['recorded']));
    expect(await messaging.deadLetters.list()).toEqual([]);
    const counts = await eventually(
      () => messaging.status().intake,
      (now) => now?.recorded === 300,
    );
    expect(counts).toMatchObject({ recorded: 300, refused: 0 });
    expect(await eventually(waiting, (now) => now?.messages === 0)).toEqual({
      reader: 'intake',
      topic,
      messages: 0,
    });
  });

  it('reads the topics of a client that comes later, and of one that nobody knows', async () => {
    const admin = system.kafka.kafka.admin();
    await admin.connect();
    await admin.createTopics({
      topics: [
        { topic: `${system.kafka.prefix}learning-events.intake.v1.stranger`, numPartitions: 4 },
      ],
      // kafkajs gives up where the broker does not know the topic yet.
      waitForLeaders: false,
    });
    system.register.known = [];
    await system.start();
    system.register.known = ['library'];
    const library = await system.connect('library');
    await library.names(some(10));
    await library.answered(10);
    const stranger = await system.connect('stranger');
    await stranger.names(['event-by-stranger']);
    await stranger.answered(1);
    const [config] = (
      await admin.describeConfigs({
        includeSynonyms: false,
        resources: [
          {
            type: kafkajs.ConfigResourceTypes.TOPIC,
            name: library.receiptsTopic,
            configNames: ['retention.ms'],
          },
        ],
      })
    ).resources;
    await admin.disconnect();
    expect(config?.configEntries[0]?.configValue).toBe('604800000');
  });

  it('reads from the beginning when its place is beyond the end', async () => {
    const before = await system.start();
    const uni = await system.connect();
    await uni.names(some(50));
    await uni.answered(50);
    await before.stop();
    await system.db.query('update messaging.place set seq = 99999, next_offset = 100000');
    await system.start();
    await uni.names(some(10, 50));
    expect(await system.registered(60)).toEqual(some(60));
  });

  it('reads everything again when it is told to, and takes nothing in twice', async () => {
    await system.start();
    const uni = await system.connect();
    await uni.names([...some(60), 'no']);
    await uni.answered(61);
    const before = uni.answers.length;
    const elsewhere = system.kafka.service(system.db, new MemoryLog('recorder'), [], {
      intake: system.register,
    });
    await elsewhere.rereadIntake();
    await elsewhere.start();
    const again = await eventually(
      () => new Map(uni.answers.slice(before).map((answer) => [answer.key, statusOf(answer)])),
      ({ size }) => size === 61,
      40_000,
    );
    expect(again.get('key-no')).toBe('invalid-input');
    again.delete('key-no');
    expect([again.size, new Set(again.values())]).toEqual([60, new Set(['duplicate'])]);
    expect(await system.register.names()).toEqual(some(60));
    // One for each record, not for each time it was read; who writes may have written it twice.
    const records = (await elsewhere.deadLetters.list()).map(({ seq }) => seq);
    expect(records.length).toBeGreaterThan(0);
    expect(records).toEqual([...new Set(records)]);
  });

  it.each([
    ['the first messages', 0],
    ['later ones', 30],
  ])('reads everything again also if it was told so with %s in hand', async (_, already) => {
    const [inHand, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let isHeld = false;
    const failpoint = async (name: string): Promise<void> => {
      if (name !== 'intake.after-answer' || !isHeld) return;
      inHand.resolve();
      await release.promise;
    };
    await system.start({ failpoint });
    const uni = await system.connect();
    const send = (names: readonly string[]) =>
      uni.send(names.map((value) => ({ key: `key-${value}`, value, partition: 1 })));
    await send(some(already));
    await eventually(
      () => system.db.query<{ n: string }[]>('select next_offset n from messaging.place'),
      (places) => already === 0 || places.some(({ n }) => Number(n) === already),
    );
    isHeld = true;
    await send(some(30, already));
    await inHand.promise;
    const intake = system.register;
    await system.kafka.service(system.db, new MemoryLog('recorder'), [], { intake }).rereadIntake();
    isHeld = false;
    release.resolve();
    const asked = await eventually(
      () => system.register.asked.filter((name) => name === 'event-00000'),
      ({ length }) => length === 2,
    );
    expect(asked).toHaveLength(2);
    expect(await system.register.names()).toEqual(some(already + 30));
  });
});
