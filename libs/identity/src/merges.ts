import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { DataSource } from 'typeorm';
import { base32, Clock, DomainError, fold } from '#kernel';
import type { Fact, Merge } from '#contracts';
import { type Decided, Journal, type Transaction } from '#log';
import { KeyRing, Vault } from '#vault';
import { ToMerge } from './commands.js';
import { type MergeCommand, mergeDecider, type MergeEvent } from './domain/merge.js';
import { OneAtATime } from './one-at-a-time.js';
import { People, type Persons } from './people.js';

const ID_BYTES = 16;

/**
 * People who signed up more than once and are one. Decided one at a time, by what the log says of
 * each: two at once could each make the other theirs, and nobody would be left to go by.
 */
@Injectable()
export class Merges {
  readonly #key: Uint8Array;

  constructor(
    private readonly db: DataSource,
    private readonly commands: CommandBus,
    private readonly people: People,
    private readonly oneAtATime: OneAtATime,
    @Inject(Journal) private readonly journal: Journal,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(KeyRing) keyRing: KeyRing,
  ) {
    this.#key = keyRing.secret('claims');
  }

  /** Those of a person, earlier first. */
  async of(persons: Persons): Promise<Merge[]> {
    const rows = await this.db.query<{ merged: string; merged_at: Date }[]>(
      `select merged, merged_at from identity.merge
       where merged = any($1) and split_at is null order by merged_at, merged`,
      [persons],
    );
    return rows.map(({ merged, merged_at }) => ({
      id: this.idOf(merged),
      mergedAt: merged_at.toISOString(),
    }));
  }

  /**
   * Whoever is signed in as `into` has shown that they are `other`, too: from now on both go by the
   * one that `into` goes by. Repeating changes nothing. Throws `merge-with-oneself`, `not-found` for
   * somebody who was erased.
   */
  merge(into: string, other: string): Promise<void> {
    return this.oneAtATime.do(async () => {
      for (const each of [into, other]) await this.people.living(each);
      const [person, merged] = [await this.#rootOf(into), await this.#rootOf(other)];
      if (into === other) throw new DomainError('merge-with-oneself');
      if (person === merged) {
        for (const each of [into, other]) await this.#repeat(each);
        return;
      }
      const now = this.clock.now().toISOString();
      await this.#decide(merged, { type: 'merge', person, merged, now });
    });
  }

  /** Parts them again. Out: the person who stands for themselves again. Throws `not-found`. */
  split(persons: Persons, id: string): Promise<string> {
    const merged = persons.find((person) => this.idOf(person) === id);
    if (merged === undefined) throw new DomainError('not-found');
    return this.oneAtATime.do(async () => {
      await this.#decide(merged, { type: 'split', now: this.clock.now().toISOString() });
      return merged;
    });
  }

  /** Carries out a merge. */
  async carryOutMerge(
    { person, merged, mergedAt }: Fact<'people-merged'>['data'],
    version: number,
    db: DataSource | Transaction = this.db,
  ): Promise<void> {
    await this.vault.merge(merged, person, version);
    await db.query(
      `insert into identity.merge as known (merged, person, merged_at, version)
       values ($1, $2, $3, $4)
       on conflict (merged) do update set person = excluded.person,
         merged_at = excluded.merged_at, split_at = null, version = excluded.version
       where known.version < excluded.version`,
      [merged, person, mergedAt, version],
    );
  }

  /** Carries out a split. */
  async carryOutSplit(
    { person, merged, splitAt }: Fact<'people-split'>['data'],
    version: number,
    db: DataSource | Transaction = this.db,
  ): Promise<void> {
    await this.vault.split(merged, version);
    await db.query(
      `insert into identity.merge as known (merged, person, merged_at, split_at, version)
       values ($1, $2, $3, $3, $4)
       on conflict (merged) do update set split_at = excluded.split_at, version = excluded.version
       where known.version < excluded.version`,
      [merged, person, splitAt, version],
    );
  }

  /** The public id of a merge: who signed up twice is not told as whom. */
  idOf(merged: string): string {
    const mac = createHmac('sha256', this.#key)
      .update(JSON.stringify(['merge', merged, '']))
      .digest();
    return `mrg_${base32(mac.subarray(0, ID_BYTES))}`;
  }

  async #decide(merged: string, command: MergeCommand): Promise<void> {
    const { homeAlias: alias } = await this.vault.createPerson(merged);
    const { events, version }: Decided = await this.commands.execute(
      new ToMerge({ id: merged, alias, command }),
    );
    for (const event of events as readonly MergeEvent[])
      await (event.kind === 'people-merged'
        ? this.carryOutMerge(event.data, version)
        : this.carryOutSplit(event.data, version));
  }

  /** A request that died may not have carried out what it stated. */
  async #repeat(person: string): Promise<void> {
    const history = (await this.journal.history(`merge-${person}`)) as unknown as MergeEvent[];
    const last = history.at(-1);
    if (last?.kind === 'people-merged') await this.carryOutMerge(last.data, history.length);
  }

  /** Whom somebody goes by, as the log says. */
  async #rootOf(person: string): Promise<string> {
    const history = (await this.journal.history(`merge-${person}`)) as unknown as MergeEvent[];
    const { merged } = fold(mergeDecider, history);
    return merged ? this.#rootOf(merged.person) : person;
  }
}
