import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { DomainError, SystemClock } from '#kernel';
import { createDatabase, type Database, inMemoryVault } from '#testing';
import { problemOf } from '#contracts';
import { outcomeOfWhole, outcomesOf, type Sender } from '../domain/delivery.js';
import { KeptSeals } from '../kept/kept-seals.js';
import { SealRefusedItems1764400020000 } from '../kept/migration.js';
import { CreateRecording1764000002000 } from '../migrations.js';
import { event, keyRing } from '../testing/samples.js';
import { SealedStatements } from '../xapi/store/sealed-statements.js';
import { DeliveryBook } from './delivery-book.js';
import { ClaimDeliveries1764200004100, CreateDeliveries1764200004000 } from './migration.js';
import { RefusedItems } from './refused-items.js';
import { TidyDeliveries } from './tidy-deliveries.js';

let database: Database;
let db: DataSource;

const clock = new SystemClock();
const receipt = { eventId: 'evt_a', log: 'a', seq: 1, leafHash: '', status: 'recorded' } as const;
const sent = { is: 'event', event: { a: 1 } } as const;
const senderOf = (client = randomUUID()): Sender => ({ client, channel: 'events', area: 'live' });
const vault = inMemoryVault();
const itemsOn = (on: DataSource): RefusedItems =>
  new RefusedItems(on, keyRing, new KeptSeals(vault, new SealedStatements(vault)));
const bookOf = (on = db): DeliveryBook => new DeliveryBook(on, clock, itemsOn(on));
const rowsOf = ({ client }: Sender): Promise<{ requests: number; refused: number }[]> =>
  db.query('select requests, refused from recording.delivery where client = $1', [client]);
const countOf = async ({ client }: Sender): Promise<number> => {
  const [day] = await db.query<{ requests: string }[]>(
    'select sum(requests) as requests from recording.delivery_day where client = $1',
    [client],
  );
  return Number(day?.requests ?? 0);
};

beforeAll(async () => {
  database = await createDatabase();
  db = await new DataSource({
    type: 'postgres',
    url: database.url,
    migrations: [
      CreateRecording1764000002000,
      CreateDeliveries1764200004000,
      ClaimDeliveries1764200004100,
      SealRefusedItems1764400020000,
    ],
  }).initialize();
  await db.runMigrations();
}, 60_000);

afterAll(async () => {
  await db?.destroy();
  await database?.close();
}, 30_000);

describe('the book of deliveries', () => {
  it('has written a refusal when it says so, and the rest when it is stopped', async () => {
    const sender = senderOf();
    const book = bookOf();
    await book.start();
    await book.add({ sender, ...outcomeOfWhole(problemOf('too-large')) }).written();
    expect(await rowsOf(sender)).toEqual([{ requests: 1, refused: 1 }]);
    book.add({ sender, ...outcomesOf([receipt]) });
    await book.stop();
    expect(await rowsOf(sender)).toHaveLength(2);
    book.add({ sender, ...outcomesOf([receipt]) });
    await book.onApplicationShutdown();
    expect(await countOf(sender)).toBe(3);
  });

  it('writes by itself within moments', async () => {
    const sender = senderOf();
    const book = bookOf();
    await book.start();
    book.add({ sender, ...outcomesOf([receipt]) });
    for (let n = 0; n < 100 && (await countOf(sender)) === 0; n += 1)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await countOf(sender)).toBe(1);
    await book.stop();
  });

  it('keeps few rows and all counts of very many requests', async () => {
    const sender = senderOf();
    const book = bookOf();
    for (let n = 0; n < 5_000; n += 1) book.add({ sender, ...outcomesOf([receipt]) });
    await book.flush();
    const rows = await rowsOf(sender);
    // The second may have turned meanwhile.
    expect(rows.length).toBeLessThanOrEqual(51 * 3);
    expect(rows.reduce((sum, { requests }) => sum + requests, 0)).toBe(5_000);
    expect(await countOf(sender)).toBe(5_000);
  });

  it('keeps what was refused up to its limits, and no answer waits for long', async () => {
    const sender = senderOf();
    const book = bookOf();
    const large = { is: 'event', event: 'x'.repeat(1024 * 1024) } as const;
    for (let n = 0; n < 20; n += 1)
      book.add({
        sender,
        ...outcomeOfWhole(problemOf('invalid-input')),
        refused: [{ n: 0, sent: large }],
      });
    await book.flush();
    const [{ bytes } = { bytes: 0 }] = await db.query<{ bytes: number }[]>(
      'select sum(bytes)::integer as bytes from recording.refused_item where client = $1',
      [sender.client],
    );
    expect(bytes).toBeGreaterThan(0);
    // What was sent, and 64 bytes for sealing each.
    expect(bytes).toBeLessThanOrEqual(2 * 4 * 1024 * 1024 + 20 * 64);
  });

  it('loses nothing while the database is away, and does not hold up the answers', async () => {
    const sender = senderOf();
    const away = new DataSource({ type: 'postgres', url: database.url, poolSize: 1 });
    await away.initialize();
    const book = bookOf(away);
    let isAway = true;
    const transaction = away.transaction.bind(away) as (...rest: unknown[]) => Promise<unknown>;
    away.transaction = (...rest: unknown[]) =>
      isAway
        ? Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }))
        : transaction(...rest);
    const { written } = book.add({
      sender,
      ...outcomeOfWhole(problemOf('invalid-input')),
      refused: [{ n: 0, sent }],
    });
    await written();
    for (let n = 0; n < 3; n += 1) await book.flush();
    expect(await rowsOf(sender)).toEqual([]);
    isAway = false;
    await book.flush();
    await book.flush();
    expect(await rowsOf(sender)).toEqual([{ requests: 1, refused: 1 }]);
    expect(await countOf(sender)).toBe(1);
    await away.destroy();
  });

  it('loses no notes, nor what others keep, with what cannot be sealed', async () => {
    const [bad, good] = [senderOf(), senderOf()];
    const vaulted = inMemoryVault();
    const aliasesFor = vaulted.aliasesFor.bind(vaulted);
    vaulted.aliasesFor = (asked) =>
      asked.some(({ provider }) => provider === bad.client)
        ? Promise.reject(new DomainError('too-large'))
        : aliasesFor(asked);
    const seals = new KeptSeals(vaulted, new SealedStatements(vaulted));
    const items = new RefusedItems(db, keyRing, seals);
    const book = new DeliveryBook(db, clock, items);
    const refused = [{ n: 0, sent: { is: 'event', event: event() } as const }];
    const ids = [bad, good].map(
      (sender) => book.add({ sender, ...outcomeOfWhole(problemOf('invalid-input')), refused }).id,
    );
    await book.flush();
    for (const sender of [bad, good]) {
      expect(await rowsOf(sender)).toEqual([{ requests: 1, refused: 1 }]);
      expect(await countOf(sender)).toBe(1);
    }
    const now = clock.now();
    expect(await items.of(bad.client, ids[0] ?? '', now)).toEqual([]);
    expect(await items.of(good.client, ids[1] ?? '', now)).toHaveLength(1);
  });

  it('opens what it kept for its own client and delivery only', async () => {
    const sender = senderOf();
    const book = bookOf();
    const { id } = book.add({
      sender,
      ...outcomeOfWhole(problemOf('invalid-input')),
      refused: [{ n: 3, sent }],
    });
    await book.flush();
    const items = itemsOn(db);
    const now = clock.now();
    expect(await items.of(sender.client, id, now)).toEqual([{ n: 3, sent }]);
    expect(await items.of('other', id, now)).toEqual([]);
    await db.query(`update recording.refused_item set client = 'thief' where delivery = $1`, [id]);
    await expect(items.of('thief', id, now)).rejects.toThrow();
  });
});

describe('tidying', () => {
  const tidy = () => new TidyDeliveries(db, clock).tidy();
  const count = async (table: string, { client }: Sender): Promise<number> => {
    const [row] = await db.query<{ count: number }[]>(
      `select count(*)::integer as count from recording.${table} where client = $1`,
      [client],
    );
    return row?.count ?? 0;
  };

  it('deletes what is past its time, and nothing younger', async () => {
    const sender = senderOf();
    const book = bookOf();
    for (const age of [0, 29, 31]) {
      const { id } = book.add({ sender, ...outcomesOf([receipt]) });
      await book.flush();
      await db.query(
        `update recording.delivery set received_at = received_at - $2 * interval '1 day'
         where id = $1`,
        [id, age],
      );
    }
    await db.query(
      `insert into recording.delivery_day select client, day - 401, channel, area, 1, 1, 0, 0, 0, 0, 0
       from recording.delivery_day where client = $1`,
      [sender.client],
    );
    await tidy();
    expect(await count('delivery', sender)).toBe(2);
    expect(await count('delivery_day', sender)).toBe(1);
  });

  it('leaves a client the newest of what was refused, by number and by size', async () => {
    const [many, large, few] = [senderOf(), senderOf(), senderOf()];
    const fill = (sender: Sender, rows: number, bytes: number) =>
      db.query(
        `insert into recording.refused_item
         select $1 || n, n, $1, now() - n * interval '1 second', $3, '' from generate_series(1, $2) n`,
        [sender.client, rows, bytes],
      );
    await fill(many, 10_003, 1);
    await fill(large, 70, 1024 * 1024);
    await fill(few, 3, 1);
    await tidy();
    expect(await count('refused_item', many)).toBe(10_000);
    expect(await count('refused_item', large)).toBe(64);
    expect(await count('refused_item', few)).toBe(3);
    const [oldest] = await db.query<{ n: number }[]>(
      'select max(n) as n from recording.refused_item where client = $1',
      [large.client],
    );
    expect(oldest?.n).toBe(64);
  });
});
