import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import type { Decider, DomainEvent } from '#kernel';
import { createDatabase, type Database, fixedClock, inMemoryVault } from '#testing';
import { checkLog } from './check-log.js';
import { AggregateCommand, deciderHandler } from './decider-handler.js';
import { Journal } from './journal.js';
import { logMigrations } from './migrations.js';
import { PostgresLog } from './postgres-log.js';
import { SealingJournal } from './sealing-journal.js';

type Stopped = DomainEvent<'share-stopped'>;
/** Stops a share once: whoever comes later changes nothing. */
const share: Decider<boolean, Date, Stopped> = {
  initial: false,
  evolve: () => true,
  decide: (stoppedAt, isStopped) =>
    isStopped
      ? []
      : [
          {
            kind: 'share-stopped',
            data: { shareId: 'shr_a', stoppedAt: stoppedAt.toISOString() },
          },
        ],
};
class ToShare extends AggregateCommand<Date> {}

/** Posts one more each time. */
const postings: Decider<number, object, DomainEvent<'credit-reversed'>> = {
  initial: 0,
  evolve: (count) => count + 1,
  decide: (_, count) => [
    {
      kind: 'credit-reversed',
      data: { postingId: `pst_${count}`, reverses: 'pst_a', cause: 'evt_a' },
    },
  ],
};
class ToPostings extends AggregateCommand<object> {}

describe('aggregates on PostgreSQL, in two processes', () => {
  const clock = fixedClock('2026-06-01T10:00:00.000Z');
  let database: Database;
  let logs: PostgresLog[];
  let buses: CommandBus[];

  beforeEach(async () => {
    database = await createDatabase(logMigrations);
    logs = [1, 2].map(
      () =>
        new PostgresLog({
          name: 'test',
          databaseUrl: database.url,
          identityKey: Buffer.alloc(32, 7),
          clock,
        }),
    );
    buses = await Promise.all(
      logs.map(async (log) => {
        const journal = new SealingJournal(log, inMemoryVault(), clock);
        const module = await Test.createTestingModule({
          imports: [CqrsModule.forRoot()],
          providers: [
            { provide: Journal, useValue: journal },
            deciderHandler('share', ToShare, share),
            deciderHandler('postings', ToPostings, postings),
          ],
        }).compile();
        await module.init();
        return module.get(CommandBus);
      }),
    );
  });
  afterEach(async () => {
    await Promise.all(logs.map((log) => log.close()));
    await database.close();
  });

  const bothTwenty = <T>(run: (bus: CommandBus) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: 10 }, () => buses.map(run)).flat());

  it('state a fact once, however many ask for it', async () => {
    const decided = await bothTwenty((bus) =>
      bus.execute(new ToShare({ id: 'shr_a', command: clock.now() })),
    );
    expect(decided.filter(({ events }) => events.length === 1)).toHaveLength(1);
    expect(new Set(decided.map(({ version }) => version))).toEqual(new Set([1]));
    expect(await logs[0]?.readStream('share-shr_a')).toHaveLength(1);
  });

  it('lose no command, and number the versions densely', async () => {
    const decided = await bothTwenty((bus) =>
      bus.execute(new ToPostings({ id: 'a', command: {} })),
    );
    const versions = decided.map(({ version }) => version).toSorted((a, b) => a - b);
    expect(versions).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    const { violations } = await checkLog({ databaseUrl: database.url, name: 'test' });
    expect(violations).toEqual([]);
  });
});
