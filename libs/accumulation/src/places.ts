import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Message } from '#contracts';
import { textArray, type Transaction } from '#log';
import type { Learner } from './learners.js';

interface Place {
  readonly key: string;
  readonly log: string;
  readonly topic: string;
  readonly seq: number;
}

/**
 * Keeps a rebuild from judging learners by half of what is known of them. `seen` is how far a key
 * (an alias, or the stream of a definition) has been read, and is emptied by a rebuild; `judged` is
 * how far it had been read when it was last judged, and is not. A learner is judged only while
 * `seen` has reached `judged` for each of their aliases, for every definition, and for what their
 * facts rest on elsewhere: a void names nobody, and a correction may name another learner. Until
 * then all that could be stated has been stated, and judging half of the facts would withdraw it.
 */
@Injectable()
export class Places {
  constructor(private readonly db: DataSource) {}

  async see(tx: Transaction, messages: readonly Message[]): Promise<void> {
    const last = new Map<string, Place>();
    for (const { alias, stream, log, topic, seq } of messages) {
      const key = alias ?? stream;
      if (key === undefined) continue;
      const name = `${key} ${topic} ${log}`;
      if ((last.get(name)?.seq ?? -1) < seq) last.set(name, { key, log, topic, seq });
    }
    // One order in all batches, against dead-locks: several are on their way at once.
    const places = [...last.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
    await tx.query(
      `insert into accumulation.seen as known (key, log, topic, seq)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
       on conflict (key, log, topic) do update set seq = greatest(known.seq, excluded.seq)`,
      [
        textArray(places, ({ key }) => key),
        textArray(places, ({ log }) => log),
        textArray(places, ({ topic }) => topic),
        places.map(({ seq }) => seq),
      ],
    );
  }

  /** The learners of whom everything is known again that was known when they were last judged. */
  async known(tx: Transaction, learners: readonly Learner[]): Promise<readonly Learner[]> {
    const behind = await tx.query<{ key: string }[]>(
      `with needed as (
         select unnest($1::text[]) as key
         union select key from accumulation.rests_on where alias = any($1)
       ), behind as (
         select j.key from (
           select judged.* from needed join accumulation.judged using (key)
           union all
           select * from accumulation.judged where key like 'achievement-%'
         ) j left join accumulation.seen s using (key, log, topic)
         where coalesce(s.seq, -1) < j.seq
       )
       select key from behind
       union select alias from accumulation.rests_on join behind using (key)
       where alias = any($1)`,
      [learners.flatMap(({ aliases }) => aliases)],
    );
    if (behind.some(({ key }) => key.startsWith('achievement-'))) return [];
    const keys = new Set(behind.map(({ key }) => key));
    return learners.filter(({ aliases }) => !aliases.some((alias) => keys.has(alias)));
  }

  /** Keys of what the facts of the aliases rest on elsewhere. */
  async under(tx: Transaction, aliases: readonly string[]): Promise<readonly string[]> {
    const rows = await tx.query<{ key: string }[]>(
      'select distinct key from accumulation.rests_on where alias = any($1)',
      [aliases],
    );
    return rows.map(({ key }) => key);
  }

  /**
   * Notes what facts rest on elsewhere, of new events and voids: the void of an event, and what it
   * corrects or is corrected by.
   */
  async rest(tx: Transaction, ids: readonly string[]): Promise<void> {
    await tx.query(
      `with mine as (
         select l.* from accumulation.learning l where l.id = any($1)
         union
         select l.* from accumulation.voiding v join accumulation.learning l
           on (l.event_source, l.event_id) = (v.target_source, v.target_id)
         where v.id = any($1)
       ), beside as (
         select mine.alias as alias, l.alias as other, l.event_source, l.event_id
         from mine join accumulation.learning l
           on (l.event_source, l.event_id) = (mine.supersedes_source, mine.supersedes_id)
         union
         select mine.alias, l.alias, l.event_source, l.event_id
         from mine join accumulation.learning l
           on (l.supersedes_source, l.supersedes_id) = (mine.event_source, mine.event_id)
       ), voided as (
         select mine.alias, v.key from mine join accumulation.voiding v
           on (v.target_source, v.target_id) = (mine.event_source, mine.event_id)
         union
         select beside.other, v.key from mine join beside using (alias)
           join accumulation.voiding v
             on (v.target_source, v.target_id) = (mine.event_source, mine.event_id)
         union
         select beside.alias, v.key from beside join accumulation.voiding v
           on (v.target_source, v.target_id) = (beside.event_source, beside.event_id)
       )
       insert into accumulation.rests_on (alias, key)
       select alias, key from voided where key is not null
       union select alias, other from beside where alias <> other
       union select other, alias from beside where alias <> other
       on conflict do nothing`,
      [ids],
    );
  }

  /** Notes that everything seen of the keys has been taken into account. */
  async judge(tx: Transaction, keys: readonly string[]): Promise<void> {
    await tx.query(
      `insert into accumulation.judged as known (key, log, topic, seq)
       select key, log, topic, seq from accumulation.seen where key = any($1)
       on conflict (key, log, topic) do update set seq = greatest(known.seq, excluded.seq)`,
      [keys],
    );
  }

  /**
   * The same, before the first statement and in a transaction of its own, so that it holds even if
   * `tx` does not: read again after a crash, perhaps in another order, what was stated is not judged
   * before everything is there on which it was stated.
   */
  async keep(tx: Transaction, keys: readonly string[]): Promise<void> {
    const rows = await tx.query<unknown[]>(
      'select key, log, topic, seq from accumulation.seen where key = any($1)',
      [keys],
    );
    await this.db.query(
      `insert into accumulation.judged as known (key, log, topic, seq)
       select key, log, topic, seq
       from jsonb_to_recordset($1::jsonb) as new (key text, log text, topic text, seq bigint)
       on conflict (key, log, topic) do update set seq = greatest(known.seq, excluded.seq)`,
      [JSON.stringify(rows)],
    );
  }

  /** Notes who was touched and could not be judged yet: see resumed. */
  async postpone(tx: Transaction, aliases: readonly string[]): Promise<void> {
    await tx.query(
      `insert into accumulation.postponed select unnest($1::text[]) on conflict do nothing`,
      [aliases],
    );
  }

  /** Which of these had been postponed: all about them must be looked at now, once. */
  async resumed(tx: Transaction, aliases: readonly string[]): Promise<readonly string[]> {
    const [rows] = await tx.query<[{ alias: string }[], number]>(
      'delete from accumulation.postponed where alias = any($1) returning alias',
      [aliases],
    );
    return rows.map(({ alias }) => alias);
  }

  async forget(tx: Transaction, aliases: readonly string[]): Promise<void> {
    await tx.query('delete from accumulation.seen where key = any($1)', [aliases]);
    await tx.query('delete from accumulation.judged where key = any($1)', [aliases]);
    await tx.query('delete from accumulation.postponed where alias = any($1)', [aliases]);
    await tx.query('delete from accumulation.rests_on where alias = any($1)', [aliases]);
  }
}
