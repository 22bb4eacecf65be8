import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { DomainError } from '#kernel';
import type { Message } from '#contracts';
import { createDatabase, type Database } from '#testing';
import { createMessaging, type Messaging, type MessagingOptions } from './messaging.js';
import { messagingMigrations } from './migrations.js';
import { eventually, silent } from './testing/eventually.js';
import { MemoryLog } from './testing/memory-log.js';
import { Tally } from './testing/tally.js';

let database: Database;
let db: DataSource;
let log: MemoryLog;
let first: Tally;
let second: Tally;
const started: Messaging[] = [];

const messagingOf = (options: Partial<MessagingOptions> = {}): Messaging => {
  const messaging = createMessaging({
    dataSource: db,
    log,
    projections: [first, second],
    brokers: [],
    service: 'test',
    logger: silent,
    backoff: { firstMs: 5, mostMs: 20 },
    ...options,
  });
  started.push(messaging);
  return messaging;
};
const add = (count: number): void => {
  for (let i = 0; i < count; i += 1) log.add('learning-event', `urn:lrn:${i % 7}`);
};
const upTo = (count: number): number[] => [...Array(count).keys()];
const complete = (tally: Tally, count: number) =>
  eventually(
    () => tally.seqs(db),
    (seqs) => seqs.length >= count,
  );

beforeEach(async () => {
  database = await createDatabase(messagingMigrations);
  db = database.dataSource;
  log = new MemoryLog();
  first = new Tally('first');
  second = new Tally('second');
  await Tally.prepare(db, 'first', 'second');
});

afterEach(async () => {
  for (const messaging of started.splice(0)) await messaging.stop();
  await database.close();
});

describe('the embedded transport', () => {
  it('brings every projection what was there before and what comes', async () => {
    add(1_200);
    await messagingOf().start();
    await complete(first, 1_200);
    add(3);
    expect(await complete(first, 1_203)).toEqual(upTo(1_203));
    expect(await complete(second, 1_203)).toEqual(upTo(1_203));
  });

  it('brings a projection its own topics only', async () => {
    const wallet = new Tally('first', ['wallet.v1']);
    add(5);
    log.add('share-stopped', 'urn:lrn:1');
    add(2_000);
    log.add('share-stopped', 'urn:lrn:1');
    await messagingOf({ projections: [wallet] }).start();
    expect(await complete(wallet, 2)).toEqual([5, 2_006]);
  });

  it('goes on after a restart where it stopped', async () => {
    add(10);
    const before = messagingOf();
    await before.start();
    await complete(first, 10);
    await complete(second, 10);
    await before.stop();
    add(10);
    await messagingOf().start();
    expect(await complete(first, 20)).toEqual(upTo(20));
    expect(await complete(second, 20)).toEqual(upTo(20));
  });

  it('takes each message in once, however often the handler fails halfway', async () => {
    let calls = 0;
    first.after = () => {
      calls += 1;
      if (calls % 3 !== 0) throw new Error('the database went away');
    };
    await messagingOf().start();
    for (let i = 0; i < 20; i += 1) {
      add(5);
      await eventually(
        () => calls,
        (n) => n > i * 3,
        2_000,
      );
    }
    expect(await complete(first, 100)).toEqual(upTo(100));
    expect(calls).toBeGreaterThan(3);
  });

  it('takes each message in once when two processes of a service run', async () => {
    await Promise.all([messagingOf().start(), messagingOf().start()]);
    for (let i = 0; i < 50; i += 1) {
      add(20);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await complete(first, 1_000)).toEqual(upTo(1_000));
    expect(await complete(second, 1_000)).toEqual(upTo(1_000));
  });

  it('lets a projection that fails hold up itself only, and says so', async () => {
    let isBroken = true;
    first.before = () => {
      if (isBroken) throw Object.assign(new Error('no'), { code: '53300' });
    };
    const messaging = messagingOf();
    await messaging.start();
    add(3);
    expect(await complete(second, 3)).toEqual(upTo(3));
    expect(await first.seqs(db)).toEqual([]);
    const stalled = messaging.status().projections.find(({ name }) => name === 'first');
    expect(stalled).toMatchObject({ lastError: '53300', stalledSince: expect.any(Date) });
    expect(messaging.isHealthy()).toBe(true);
    isBroken = false;
    expect(await complete(first, 3)).toEqual(upTo(3));
    const healed = messaging.status().projections.find(({ name }) => name === 'first');
    expect(healed).not.toHaveProperty('stalledSince');
  });

  it('lets a projection that hangs hold up itself only', async () => {
    let release = (): void => undefined;
    first.before = () => new Promise<void>((resolve) => (release = resolve));
    await messagingOf().start();
    add(3);
    expect(await complete(second, 3)).toEqual(upTo(3));
    first.before = () => undefined;
    release();
    expect(await complete(first, 3)).toEqual(upTo(3));
  });

  it('says that it is not healthy while the log is away, and recovers', async () => {
    const messaging = messagingOf();
    await messaging.start();
    await eventually(() => messaging.isHealthy(), Boolean);
    log.away = true;
    expect(
      await eventually(
        () => messaging.isHealthy(),
        (is) => !is,
      ),
    ).toBe(false);
    log.away = false;
    add(2);
    expect(await eventually(() => messaging.isHealthy(), Boolean)).toBe(true);
    expect(await complete(first, 2)).toEqual(upTo(2));
  });

  it('finishes what is in hand before it stops', async () => {
    let isInHand = false;
    first.after = async () => {
      isInHand = true;
      await new Promise((resolve) => setTimeout(resolve, 300));
    };
    const messaging = messagingOf();
    await messaging.start();
    add(1);
    await eventually(() => isInHand, Boolean);
    await messaging.stop();
    expect(await first.seqs(db)).toEqual([0]);
  });

  it('refuses two projections of one name', () => {
    expect(() => messagingOf({ projections: [first, new Tally('first')] })).toThrow('same name');
  });
});

const poison =
  (...seqs: readonly number[]) =>
  (batch: readonly Message[]): void => {
    if (batch.some(({ seq }) => seqs.includes(seq))) throw new DomainError('already-decided', 'no');
  };

describe('dead letters', () => {
  it('sets exactly the poison messages aside and takes in all others in order', async () => {
    first.after = poison(0, 17, 18, 499, 500, 730);
    add(731);
    const messaging = messagingOf();
    await messaging.start();
    const expected = upTo(731).filter((seq) => ![0, 17, 18, 499, 500, 730].includes(seq));
    expect(await complete(first, expected.length)).toEqual(expected);
    const letters = await eventually(
      () => messaging.deadLetters.list('first'),
      ({ length }) => length === 6,
    );
    expect(letters.map(({ seq }) => seq)).toEqual([0, 17, 18, 499, 500, 730]);
    expect(letters[0]).toMatchObject({
      projection: 'first',
      topic: 'learning-events.v1',
      log: 'test',
      entryId: 'evt_test0',
      kind: 'learning-event',
      reasonCode: 'already-decided',
      detail: 'no',
      attempts: 1,
    });
    expect(await messaging.deadLetters.list('second')).toEqual([]);
  });

  it('keeps a poison message that also fails for another reason until it is set aside', async () => {
    let left = 3;
    first.after = (batch) => {
      if (left-- > 0) throw new Error('away');
      poison(1)(batch);
    };
    add(3);
    const messaging = messagingOf();
    await messaging.start();
    expect(await complete(first, 2)).toEqual([0, 2]);
    expect(await messaging.deadLetters.list('first')).toHaveLength(1);
  });

  it('passes an erased learner as if never there, without a dead letter', async () => {
    first.before = (batch) => {
      if (batch.some(({ alias }) => alias === 'urn:lrn:3')) throw new DomainError('event-erased');
    };
    add(14);
    const messaging = messagingOf();
    await messaging.start();
    const expected = upTo(14).filter((seq) => seq % 7 !== 3);
    expect(await complete(first, expected.length)).toEqual(expected);
    expect(await messaging.deadLetters.list()).toEqual([]);
  });

  it('tries a dead letter again: the effect and the resolution commit together', async () => {
    first.after = poison(2);
    add(4);
    const messaging = messagingOf();
    await messaging.start();
    await complete(first, 3);
    const [letter] = await eventually(
      () => messaging.deadLetters.list(),
      ({ length }) => length > 0,
    );
    const id = letter?.id ?? -1;
    expect(await messaging.deadLetters.retry(id)).toBe(false);
    expect(await messaging.deadLetters.list()).toMatchObject([{ id, attempts: 2 }]);
    first.after = () => undefined;
    expect(await messaging.deadLetters.retry(id)).toBe(true);
    expect(await messaging.deadLetters.list()).toEqual([]);
    expect(await first.seqs(db)).toEqual([0, 1, 3, 2]);
    await expect(messaging.deadLetters.retry(id)).rejects.toThrow('not-found');
    expect(await first.seqs(db)).toHaveLength(4);
  });

  it('does not retry a letter of a projection that is not here', async () => {
    first.after = poison(0);
    add(1);
    const messaging = messagingOf();
    await messaging.start();
    const [letter] = await eventually(
      () => messaging.deadLetters.list(),
      ({ length }) => length > 0,
    );
    const other = messagingOf({ projections: [second] });
    await expect(other.deadLetters.retry(letter?.id ?? -1)).rejects.toThrow('not-found');
  });
});

describe('rebuild', () => {
  it('makes read models anew, once each, with everything that came meanwhile', async () => {
    add(1_500);
    const messaging = messagingOf();
    await messaging.start();
    await complete(first, 1_500);
    const rebuilding = messaging.rebuild(['first']);
    add(10);
    await rebuilding;
    expect(await complete(first, 1_510)).toEqual(upTo(1_510));
    expect(await complete(second, 1_510)).toEqual(upTo(1_510));
  });

  it('is noticed by another process of the service, also when nothing new comes', async () => {
    add(20);
    await messagingOf().start();
    await complete(first, 20);
    await new Promise((resolve) => setTimeout(resolve, 600));
    const elsewhere = messagingOf();
    await elsewhere.rebuild();
    expect(await complete(first, 20)).toEqual(upTo(20));
    expect(await complete(second, 20)).toEqual(upTo(20));
  });

  it('does not count anything twice that was in hand', async () => {
    let isInHand = false;
    first.after = async () => {
      isInHand = true;
      await new Promise((resolve) => setTimeout(resolve, 100));
    };
    const messaging = messagingOf();
    await messaging.start();
    add(5);
    await eventually(() => isInHand, Boolean);
    first.after = () => undefined;
    await messaging.rebuild(['first']);
    await complete(first, 5);
    add(1);
    expect(await complete(first, 6)).toEqual(upTo(6));
  });

  it('forgets the dead letters of before, which the replay meets again', async () => {
    first.after = poison(1);
    add(3);
    const messaging = messagingOf();
    await messaging.start();
    await complete(first, 2);
    first.after = () => undefined;
    await messaging.rebuild(['first']);
    expect(await complete(first, 3)).toEqual(upTo(3));
    expect(await messaging.deadLetters.list()).toEqual([]);
  });

  it('makes read models anew that were filled through Kafka before', async () => {
    await db.query(
      `insert into messaging.place values ('first', 'learning-events.v1', 3, 'test', 0, 1)`,
    );
    await db.query(`insert into tally.first (log, seq) values ('test', 0)`);
    add(2);
    await messagingOf().start();
    expect(await complete(first, 2)).toEqual([0, 1]);
  });

  it('refuses a name it does not know and a table that is not schema-qualified', async () => {
    const messaging = messagingOf();
    await expect(messaging.rebuild(['third'])).rejects.toThrow('not-found');
    const odd = Object.assign(new Tally('first'), { tables: ['first; drop table x'] });
    await expect(messagingOf({ projections: [odd] }).rebuild()).rejects.toThrow('schema-qualified');
  });
});
