import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import kafkajs from 'kafkajs';
import { UnavailableError } from '#kernel';
import { createDatabase, type Database, describeWithKafka, kafkaBrokers } from '#testing';
import type { MessagingOptions } from './messaging.js';
import { messagingMigrations } from './migrations.js';
import { eventually } from './testing/eventually.js';
import { IntakeClient } from './testing/intake-client.js';
import { KafkaSystem } from './testing/kafka-system.js';
import { MemoryLog } from './testing/memory-log.js';
import { Register } from './testing/register.js';

jest.setTimeout(90_000);

let system: KafkaSystem;
let database: Database;
let register: Register;
const clients: IntakeClient[] = [];

const db = () => database.dataSource;
const start = (options: Partial<MessagingOptions> = {}) =>
  system.started(db(), new MemoryLog('recorder'), [], { intake: register, ...options });
const connect = async (id = 'uni'): Promise<IntakeClient> => {
  const client = new IntakeClient(system.kafka, id, system.prefix);
  clients.push(client);
  return client.connect();
};
const some = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, n) => `event-${String(from + n).padStart(5, '0')}`);
const registered = (count: number) =>
  eventually(
    () => register.names(),
    ({ length }) => length >= count,
    60_000,
  );
const statusOf = ({ result }: { result: object }) =>
  'code' in result ? result.code : 'status' in result && result.status;

beforeEach(async () => {
  system = new KafkaSystem(kafkaBrokers());
  database = await createDatabase(messagingMigrations);
  register = new Register(db(), ['uni']);
  await Register.prepare(db());
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await system.stop();
  await database.close();
});

describeWithKafka('the intake', () => {
  it('takes in what a client writes to its topic and answers each under its key', async () => {
    await start();
    const uni = await connect();
    await uni.names([...some(100), 'no thanks']);
    await uni.send([{ key: null, value: 'without a key' }]);
    const answers = await uni.answered(102);
    expect(await register.names()).toEqual([...some(100), 'without a key'].toSorted());
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
      await start({ failpoint });
      const uni = await connect();
      await uni.names(some(300));
      expect(await registered(300)).toEqual(some(300));
      expect(await uni.answered(300)).toHaveLength(300);
      expect(cuts).toBeLessThan(1);
      const asked = await eventually(
        () => register.asked.length,
        (length) => length > 300,
      );
      expect(asked).toBeGreaterThan(300);
      expect(await register.names()).toEqual(some(300));
      const first = uni.answers.filter((answer) => statusOf(answer) === 'recorded');
      expect(new Set(first.map(({ key }) => key)).size).toBe(first.length);
    },
  );

  it('takes each in once while readers come and go', async () => {
    const one = await start();
    const uni = await connect();
    await uni.names(some(300));
    const two = await start();
    await uni.names(some(300, 300));
    await one.stop();
    await uni.names(some(300, 600));
    await start();
    await two.stop();
    await uni.names(some(100, 900));
    expect(await registered(1_000)).toEqual(some(1_000));
    expect(await uni.answered(1_000)).toHaveLength(1_000);
  });

  it('goes on where it was after a restart', async () => {
    const before = await start();
    const uni = await connect();
    await uni.names(some(200));
    await uni.answered(200);
    await before.stop();
    register.asked.length = 0;
    await start();
    await uni.names(some(50, 200));
    await uni.answered(250);
    expect([...new Set(register.asked)].toSorted()).toEqual(some(50, 200));
  });

  it('lets messages wait in Kafka while what it needs is away', async () => {
    let isAway = true;
    register.before = () => {
      if (isAway) throw new UnavailableError('the database');
    };
    const messaging = await start();
    const uni = await connect();
    await uni.names(some(300));
    const [status] = await eventually(
      () => messaging.status().projections,
      ([one]) => one?.stalledSince !== undefined,
    );
    expect(status).toMatchObject({ name: 'intake', lastError: 'unavailable:the database' });
    expect(uni.answers).toEqual([]);
    expect(messaging.status().intake).toEqual({ recorded: 0, duplicate: 0, refused: 0 });
    const waiting = () => messaging.lags().then(([lag]) => lag);
    const topic = 'learning-events.intake.v1';
    const lag = await waiting();
    expect(lag).toMatchObject({ reader: 'intake', topic });
    // Who writes may have been told to write again what was there.
    expect(lag?.messages).toBeGreaterThanOrEqual(300);
    isAway = false;
    expect(await registered(300)).toEqual(some(300));
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

  it('takes no message for poison because a driver says in its own words what is away', async () => {
    let failures = 5;
    register.before = () => {
      if (failures-- > 0)
        throw Object.assign(new Error('x'), {
          driverError: Object.assign(new Error('x'), { code: '53100' }),
        });
    };
    const messaging = await start();
    const uni = await connect();
    await uni.names(['a']);
    expect((await uni.answered(1)).map(statusOf)).toEqual(['recorded']);
    expect(await messaging.deadLetters.list()).toEqual([]);
  });

  it('finds a message that breaks it, answers for it, and goes on with the others', async () => {
    register.before = (names) => {
      if (names.includes('event-00123')) throw new TypeError('Amina is not a function');
    };
    const messaging = await start();
    const uni = await connect();
    await uni.send(some(300).map((value) => ({ key: `key-${value}`, value, partition: 2 })));
    const expected = some(300).filter((name) => name !== 'event-00123');
    expect(await registered(299)).toEqual(expected);
    const answers = await uni.answered(300);
    expect(answers.filter(({ result }) => 'code' in result).map(statusOf)).toEqual([
      'internal-error',
    ]);
    const letters = await eventually(
      () => messaging.deadLetters.list('intake'),
      ({ length }) => length === 1,
    );
    expect(letters).toMatchObject([{ reasonCode: 'internal-error', seq: 123 }]);
    expect(JSON.stringify(answers) + JSON.stringify(letters)).not.toContain('Amina');
  });

  it('puts aside what it refuses, sealed, and answers when it is tried again', async () => {
    const messaging = await start();
    const uni = await connect();
    await uni.names(['no Amina']);
    await uni.answered(1);
    const [letter] = await eventually(
      () => messaging.deadLetters.list(),
      ({ length }) => length === 1,
    );
    expect(letter).toMatchObject({ projection: 'intake', reasonCode: 'invalid-input' });
    const rows = await db().query<{ text: string }[]>(
      `select encode(message, 'escape') text from messaging.dead_letter`,
    );
    expect(rows[0]?.text).not.toContain(Buffer.from('no Amina').toString('base64'));
    expect(await messaging.deadLetters.retry(letter?.id ?? -1)).toBe(false);
    register.take = (_, [message]) =>
      Promise.resolve([
        {
          result: { eventId: 'e', log: 'l', seq: 1, leafHash: '', status: 'recorded' },
          id: String(message?.value),
        },
      ]);
    expect(await messaging.deadLetters.retry(letter?.id ?? -1)).toBe(true);
    const answers = await eventually(
      () => uni.answers,
      ({ length }) => length === 3,
    );
    expect(answers.map(statusOf)).toEqual(['invalid-input', 'invalid-input', 'recorded']);
    expect(answers.map(({ key }) => key)).toEqual(Array(3).fill('key-no Amina'));
    expect(new Set(answers.map(({ headers }) => headers['ce_id'])).size).toBe(1);
    expect(await messaging.deadLetters.list()).toEqual([]);
  });

  it('reads the topics of a client that comes later, and of one that nobody knows', async () => {
    const admin = system.kafka.admin();
    await admin.connect();
    await admin.createTopics({
      topics: [{ topic: `${system.prefix}learning-events.intake.v1.stranger`, numPartitions: 4 }],
    });
    register.known = [];
    await start();
    register.known = ['library'];
    const library = await connect('library');
    await library.names(some(10));
    await library.answered(10);
    const stranger = await connect('stranger');
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
    const before = await start();
    const uni = await connect();
    await uni.names(some(50));
    await uni.answered(50);
    await before.stop();
    await db().query('update messaging.place set seq = 99999, next_offset = 100000');
    await start();
    await uni.names(some(10, 50));
    expect(await registered(60)).toEqual(some(60));
  });

  it('reads everything again when it is told to, and takes nothing in twice', async () => {
    await start();
    const uni = await connect();
    await uni.names([...some(60), 'no']);
    await uni.answered(61);
    const before = uni.answers.length;
    const elsewhere = system.service(db(), new MemoryLog('recorder'), [], { intake: register });
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
    expect(await register.names()).toEqual(some(60));
    expect(await elsewhere.deadLetters.list()).toHaveLength(1);
  });

  it('forgets sealed letters after a while, and only those', async () => {
    const messaging = await start();
    const uni = await connect();
    await uni.names(['no 1', 'no 2']);
    const [older, newer] = await eventually(
      () => messaging.deadLetters.list(),
      ({ length }) => length === 2,
    );
    await db().query(
      `update messaging.dead_letter set first_at = now() - interval '31 days' where id = $1`,
      [older?.id],
    );
    expect(await messaging.deadLetters.forgetOld()).toBe(1);
    expect(await messaging.deadLetters.list()).toMatchObject([{ id: newer?.id }]);
  });
});
