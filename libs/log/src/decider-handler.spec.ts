import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import { ConcurrencyError, type Decider, DomainError, type DomainEvent } from '#kernel';
import { fixedClock, inMemoryJournal, inMemoryVault } from '#testing';
import { AggregateCommand, ATTEMPTS_MAX, deciderHandler } from './decider-handler.js';
import { Journal } from './journal.js';
import { Log } from './log.js';

type Event = DomainEvent<'credit-posted' | 'credit-reversed'>;
interface Credit {
  readonly add: number;
}

/** Posts a credit as often as it is told to; never more than 50 in all. */
const credits: Decider<number, Credit, Event> = {
  initial: 0,
  evolve: (count) => count + 1,
  decide: ({ add }, count) => {
    if (count + add > 50) throw new DomainError('nothing-to-transfer');
    return Array.from({ length: add }, () => ({
      kind: 'credit-reversed' as const,
      data: { postingId: 'pst_a', reverses: 'pst_b', cause: 'evt_a' },
    }));
  },
};
class ToCredits extends AggregateCommand<Credit> {}

const start = async (change: (journal: Journal) => Journal = (journal) => journal) => {
  const { log, journal } = inMemoryJournal(inMemoryVault(), fixedClock('2026-06-01T10:00:00Z'));
  const app = await Test.createTestingModule({
    imports: [CqrsModule.forRoot()],
    providers: [
      { provide: Journal, useValue: change(journal) },
      deciderHandler('credits', ToCredits, credits),
    ],
  }).compile();
  await app.init();
  const bus = app.get(CommandBus);
  const add = (count: number, id = 'a', more: object = {}) =>
    bus.execute(new ToCredits({ id, command: { add: count }, ...more }));
  return { log, add };
};

/** A journal that lets another one append just before, as often as told. */
class Overtaken extends Journal {
  constructor(
    private readonly journal: Journal,
    private times: number,
  ) {
    super();
  }

  async append(facts: Parameters<Journal['append']>[0]) {
    if (this.times > 0) {
      this.times -= 1;
      await this.journal.append(facts.slice(0, 1));
    }
    return this.journal.append(facts);
  }

  history(stream: string) {
    return this.journal.history(stream);
  }

  open(messages: Parameters<Journal['open']>[0]) {
    return this.journal.open(messages);
  }
}

describe('the handler of a decider', () => {
  it('appends what was decided, under the aggregate’s stream and the command’s envelope', async () => {
    const { log, add } = await start();
    const decided = await add(2, 'a', { alias: 'urn:lrn:a', provider: 'uni' });
    expect(decided.version).toBe(2);
    expect(decided.events.map(({ kind }) => kind)).toEqual(['credit-reversed', 'credit-reversed']);
    expect(log.entries.map(({ stream, version }) => `${stream} ${version}`)).toEqual([
      'credits-a 1',
      'credits-a 2',
    ]);
    expect(log.entries[0]).toMatchObject({ alias: 'urn:lrn:a', provider: 'uni' });
  });

  it('decides on the history of that aggregate only', async () => {
    const { add } = await start();
    await add(50, 'a');
    await expect(add(1, 'a')).rejects.toMatchObject({ code: 'nothing-to-transfer' });
    expect((await add(1, 'b')).version).toBe(1);
  });

  it('appends nothing when nothing was decided', async () => {
    const { log, add } = await start();
    await add(3);
    expect(await add(0)).toEqual({ events: [], version: 3 });
    expect(log.entries).toHaveLength(3);
  });

  it('decides anew when it was overtaken', async () => {
    const { log, add } = await start((journal) => new Overtaken(journal, 3));
    expect((await add(2)).version).toBe(5);
    expect(log.entries.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
  });

  it('holds the rule also when it was overtaken', async () => {
    const { log, add } = await start((journal) => new Overtaken(journal, 1));
    await expect(add(50)).rejects.toThrow(DomainError);
    expect(log.entries).toHaveLength(1);
  });

  it('gives up after a number of times', async () => {
    const { log, add } = await start((journal) => new Overtaken(journal, ATTEMPTS_MAX));
    await expect(add(1)).rejects.toThrow(ConcurrencyError);
    expect(log.entries).toHaveLength(ATTEMPTS_MAX);
  });

  it('lets many at the same time have their turn', async () => {
    const { log, add } = await start();
    await Promise.all(Array.from({ length: 20 }, () => add(1)));
    expect(log.entries.map(({ version }) => version)).toEqual(
      Array.from({ length: 20 }, (_, n) => n + 1),
    );
    expect(log).toBeInstanceOf(Log);
  });

  it('does not try again when the log is away', async () => {
    let tries = 0;
    class Away extends Overtaken {
      override append(): Promise<never> {
        tries += 1;
        return Promise.reject(new Error('away'));
      }
    }
    const { add } = await start((journal) => new Away(journal, 0));
    await expect(add(1)).rejects.toThrow('away');
    expect(tries).toBe(1);
  });
});
