import { Injectable } from '@nestjs/common';
import type { Fact, Message } from '#contracts';
import {
  copyInto,
  ENVELOPE,
  envelopeRow,
  Journal,
  messageOf,
  rowsFor,
  type StoredMessage,
  type Transaction,
} from '#log';
import type { Holding } from './domain/settlement.js';
import { SubjectIndex } from './subject-index.js';

type Earned = Fact<'achievement-earned'>;

/** What an alias holds. */
export interface HoldingOf extends Holding {
  readonly alias: string;
  readonly earnedAt: string;
}
interface HoldingRow extends StoredMessage {
  readonly earned_id: string;
  readonly last_release: number;
}

/** What was earned and what was withdrawn, as it was stated. */
@Injectable()
export class EarnedStore {
  constructor(
    private readonly journal: Journal,
    private readonly index: SubjectIndex,
  ) {}

  /** Keeps what was earned, and says which achievement (as SubjectIndex has it) of whom that is. */
  async add(
    tx: Transaction,
    messages: readonly Message[],
  ): Promise<readonly { alias: string; achievement: string }[]> {
    const opened = (await this.journal.open(messages)) as readonly (
      Earned['personal'] | undefined
    )[];
    const touches: { alias: string; achievement: string }[] = [];
    const rows = rowsFor(messages);
    for (const [n, message] of messages.entries()) {
      const personal = opened[n];
      const { alias, sealed } = message;
      if (!personal || alias === undefined || !sealed) continue;
      const achievement = this.index.ofAchievement(personal.definition.id);
      touches.push({ alias, achievement });
      envelopeRow(rows, message, 2)
        .text((message.data as Earned['data']).earnedId)
        .bytes(Buffer.from(achievement, 'hex'));
    }
    const columns = `${ENVELOPE}, earned_id, subject`;
    if (touches.length > 0) await copyInto(tx, 'accumulation.earned', columns, rows);
    return touches;
  }

  /** Keeps withdrawals, and says which achievement of whom each was. */
  async withdraw(
    tx: Transaction,
    messages: readonly Message[],
  ): Promise<readonly { alias: string; achievement: string }[]> {
    const ids = messages.map(
      ({ data }) => (data as Fact<'achievement-withdrawn'>['data']).earnedId,
    );
    await tx.query(
      `insert into accumulation.withdrawn (earned_id, alias)
       select * from unnest($1::text[], $2::text[]) on conflict do nothing`,
      [ids, messages.map(({ alias }) => alias)],
    );
    return tx.query<{ alias: string; achievement: string }[]>(
      `select alias, encode(subject, 'hex') as achievement
       from accumulation.earned where earned_id = any($1)`,
      [ids],
    );
  }

  /** Whoever earned one of the achievements, as SubjectIndex has them. */
  async aliasesByAchievement(
    tx: Transaction,
    achievements: readonly string[],
  ): Promise<readonly string[]> {
    const rows = await tx.query<{ alias: string }[]>(
      'select distinct alias from accumulation.earned where subject = any($1::bytea[])',
      [achievements.map((mac) => `\\x${mac}`)],
    );
    return rows.map(({ alias }) => alias);
  }

  async achievementsOf(tx: Transaction, aliases: readonly string[]): Promise<readonly string[]> {
    const rows = await tx.query<{ subject: string }[]>(
      `select distinct encode(subject, 'hex') as subject from accumulation.earned
       where alias = any($1)`,
      [aliases],
    );
    return rows.map(({ subject }) => subject);
  }

  /** What the aliases hold now, in the order in which it was stated. */
  async holdings(tx: Transaction, aliases: readonly string[]): Promise<readonly HoldingOf[]> {
    const rows = await tx.query<HoldingRow[]>(
      `select ${ENVELOPE}, earned_id, coalesce(r.version, 0) as last_release
       from accumulation.earned e left join accumulation.released r using (alias)
       where alias = any($1) and not exists (select from accumulation.withdrawn w where w.earned_id = e.earned_id)
       order by seq, id`,
      [aliases],
    );
    const opened = (await this.journal.open(
      rows.map((row) => messageOf(row, 'achievement-earned', { earnedId: row.earned_id })),
    )) as readonly (Earned['personal'] | undefined)[];
    return rows.flatMap(({ alias, earned_id: earnedId, last_release }, n) => {
      const personal = opened[n];
      if (!personal) return [];
      const isParted = (personal.afterRelease ?? 0) < last_release;
      return [{ ...personal, earnedId, alias, isParted }];
    });
  }

  /** Keeps which release of an alias was the last. */
  async release(tx: Transaction, messages: readonly Message[]): Promise<void> {
    for (const { data, version = 1 } of messages)
      await tx.query(
        `insert into accumulation.released as known (alias, version) values ($1, $2)
         on conflict (alias) do update set version = greatest(known.version, excluded.version)`,
        [(data as Fact<'alias-released'>['data']).alias, version],
      );
  }

  /** The last release (version of its stream) of each alias that ever was released. */
  async lastReleases(
    tx: Transaction,
    aliases: readonly string[],
  ): Promise<ReadonlyMap<string, number>> {
    const rows = await tx.query<{ alias: string; version: number }[]>(
      'select alias, version from accumulation.released where alias = any($1)',
      [aliases],
    );
    return new Map(rows.map(({ alias, version }) => [alias, version]));
  }

  async forget(tx: Transaction, aliases: readonly string[]): Promise<void> {
    await tx.query('delete from accumulation.earned where alias = any($1)', [aliases]);
    await tx.query('delete from accumulation.withdrawn where alias = any($1)', [aliases]);
    await tx.query('delete from accumulation.released where alias = any($1)', [aliases]);
  }
}
