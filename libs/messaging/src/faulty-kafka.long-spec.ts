import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { intakeTopicOf, receiptsTopicOf } from '#contracts';
import { createDatabase, type Database } from '#testing';
import { createMessaging, type Messaging } from './messaging.js';
import { messagingMigrations } from './migrations.js';
import { eventually, silent } from './testing/eventually.js';
import { FAULTS, FaultyKafka } from './testing/faulty-kafka.js';
import { complete, isInOrder, upTo } from './testing/kafka-system.js';
import { MemoryLog } from './testing/memory-log.js';
import { Register } from './testing/register.js';
import { Tally } from './testing/tally.js';

jest.setTimeout(120_000);

let database: Database;
const started: Messaging[] = [];
const db = () => database.dataSource;

const start = async (
  kafka: FaultyKafka,
  log: MemoryLog,
  parts: { readonly projections?: readonly Tally[]; readonly intake?: Register },
): Promise<Messaging> => {
  const messaging = createMessaging({
    dataSource: db(),
    databaseUrl: database.url,
    log,
    projections: [],
    sealingKey: new Uint8Array(32),
    brokers: [],
    kafka,
    service: log.name,
    logger: silent,
    backoff: { firstMs: 1, mostMs: 10 },
    ...parts,
  });
  started.push(messaging);
  await messaging.start();
  return messaging;
};
const faultsOf = (kafka: FaultyKafka): readonly string[] => [...kafka.done.keys()].toSorted();
/** Names from one number up to, and without, another. */
const named = (from: number, to: number): readonly string[] =>
  upTo(to)
    .slice(from)
    .map((n) => `event-${String(n).padStart(5, '0')}`);
const allFaults = Object.keys(FAULTS).toSorted();
const isEveryFaultDone = (kafka: FaultyKafka): boolean =>
  faultsOf(kafka).length === allFaults.length;

beforeEach(async () => {
  database = await createDatabase(messagingMigrations);
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((messaging) => messaging.stop()));
  await database.close();
});

/** As any client would: what is not confirmed is sent again. */
const write = async (kafka: FaultyKafka, topic: string, names: readonly string[]) => {
  const producer = await kafka.producer();
  for (let n = 0; n < names.length; n += 50) {
    const records = names
      .slice(n, n + 50)
      .map((name) => ({ topic, key: name, value: Buffer.from(name), headers: {} }));
    for (let isSent = false; !isSent;)
      isSent = await producer.send(records).then(
        () => true,
        () => false,
      );
    await eventually(() => 0, Boolean, 10);
  }
};

/** Whatever a Kafka client does wrong, within what the port allows it, PostgreSQL sets right. */
describe.each([1, 2, 3])('with a client that errs, seed %i', (seed) => {
  it('each projection counts each entry once, in the order of each learner', async () => {
    const kafka = new FaultyKafka(seed);
    const log = new MemoryLog('recorder');
    const tallies = [new Tally('first'), new Tally('second')];
    await Tally.prepare(db(), 'first', 'second');
    await start(kafka, log, { projections: tallies });
    await start(kafka, log, { projections: tallies });
    let total = 0;
    const deadline = Date.now() + 40_000;
    // Faults happen while there is something to send and to read.
    while (total < 3_000 || (!isEveryFaultDone(kafka) && Date.now() < deadline)) {
      for (let n = 0; n < 100; n += 1) log.add('learning-event', `urn:lrn:${total++ % 17}`);
      await eventually(() => 0, Boolean, 20);
    }
    expect(faultsOf(kafka)).toEqual(allFaults);
    kafka.isCalm = true;
    for (const tally of tallies) {
      expect(await complete(db(), tally, total, 60_000)).toEqual(upTo(total));
      expect(await isInOrder(db(), tally)).toBe(true);
    }
  });

  it('the intake takes in each message, and answers it', async () => {
    const kafka = new FaultyKafka(seed);
    const register = new Register(db(), ['uni']);
    await Register.prepare(db());
    await start(kafka, new MemoryLog('recorder'), { intake: register });
    await start(kafka, new MemoryLog('recorder'), { intake: register });
    const topic = intakeTopicOf('uni');
    await eventually(
      () => kafka.topics(),
      (topics) => topics.includes(topic),
    );
    let total = 0;
    const deadline = Date.now() + 40_000;
    while (total < 2_000 || (!isEveryFaultDone(kafka) && Date.now() < deadline)) {
      await write(kafka, topic, named(total, total + 200));
      total += 200;
    }
    const names = named(0, total);
    expect(faultsOf(kafka)).toEqual(allFaults);
    kafka.isCalm = true;
    expect(
      await eventually(
        () => register.names(),
        ({ length }) => length === names.length,
      ),
    ).toEqual(names);
    const answered = () => {
      const answers = kafka.read(receiptsTopicOf('uni'));
      const of = (status: string) =>
        new Set(
          answers
            .filter(({ value }) => String(value).includes(`"${status}"`))
            .map(({ key }) => String(key)),
        );
      return { all: new Set(answers.map(({ key }) => String(key))), recorded: of('recorded') };
    };
    const { all } = await eventually(answered, (now) => now.all.size === names.length);
    expect([...all].toSorted()).toEqual(names);
  });
});

describe('with a client that leaves records out, and does nothing else wrong', () => {
  it('a projection that meets a gap reads what is behind it', async () => {
    const kafka = new FaultyKafka(4, { skips: 0.1 });
    const log = new MemoryLog('recorder');
    const tally = new Tally('first');
    await Tally.prepare(db(), 'first');
    for (let n = 0; n < 2_000; n += 1) log.add('learning-event', `urn:lrn:${n % 17}`);
    await start(kafka, log, { projections: [tally] });
    expect(await complete(db(), tally, 2_000, 60_000)).toEqual(upTo(2_000));
    expect(faultsOf(kafka)).toEqual(['skips']);
  });

  it('the intake reads them too', async () => {
    const kafka = new FaultyKafka(5, { skips: 0.1 });
    const register = new Register(db(), ['uni']);
    await Register.prepare(db());
    await start(kafka, new MemoryLog('recorder'), { intake: register });
    const topic = intakeTopicOf('uni');
    await eventually(
      () => kafka.topics(),
      (found) => found.includes(topic),
    );
    const names = named(0, 2_000);
    await write(kafka, topic, names);
    const taken = await eventually(
      () => register.names(),
      ({ length }) => length === names.length,
    );
    expect(taken).toEqual(names);
    expect(faultsOf(kafka)).toEqual(['skips']);
  });
});
