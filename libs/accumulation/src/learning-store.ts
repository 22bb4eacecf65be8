import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { AssuranceLevel, type Fact, type Message, Verb } from '#contracts';
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
import type { Learning } from './domain/learning.js';
import type { Voiding } from './domain/revisions.js';
import { SubjectIndex } from './subject-index.js';

type LearningFact = Fact<'learning-event'>['data'];
interface LearningRow extends StoredMessage {
  readonly event_source: string;
  readonly event_id: string;
  readonly revision: number | null;
}

/** What an event did to somebody's facts: who it was, by what subject they are found again. */
export interface Touch {
  readonly alias: string;
  readonly subject: string;
}

/** An event that can be opened, and what it is found by. */
export interface NewLearning extends Touch {
  readonly message: Message;
  readonly source: string;
  readonly eventId: string;
  readonly revision?: number | undefined;
  readonly supersedes?: { readonly source: string; readonly id: string } | undefined;
}

/** A learning event of one of the aliases asked for. */
export interface LearningOf extends Learning {
  readonly alias: string;
}

/** What judging relies on; the whole was validated at the door. */
const Judgeable = z.looseObject({
  activity: z.looseObject({ id: z.string() }),
  verb: Verb,
  assurance: z.looseObject({ level: AssuranceLevel }),
});

const VERBS: ReadonlySet<unknown> = new Set(Verb.options);
const LEVELS: ReadonlySet<unknown> = new Set(AssuranceLevel.options);

/** The same as Judgeable, at a tenth of the cost. */
const isJudgeable = ({ activity, verb, assurance }: Partial<Learning['data']>): boolean =>
  typeof activity?.id === 'string' && VERBS.has(verb) && LEVELS.has(assurance?.level);

/** From some events to all that are linked to them by corrections, both ways. */
const CHAIN = `
  chain (id, event_source, event_id, supersedes_source, supersedes_id) as (
    select id, event_source, event_id, supersedes_source, supersedes_id from start
    union
    select l.id, l.event_source, l.event_id, l.supersedes_source, l.supersedes_id
    from chain c cross join lateral (
      select * from accumulation.learning
      where event_source = c.supersedes_source and event_id = c.supersedes_id
      union all
      select * from accumulation.learning
      where supersedes_source = c.event_source and supersedes_id = c.event_id
    ) l
  )`;

/** Learning events and voids, as they came. */
@Injectable()
export class LearningStore {
  constructor(
    private readonly journal: Journal,
    private readonly index: SubjectIndex,
  ) {}

  /**
   * Looks into new events; leaves out what cannot be opened.
   * Throws a ZodError for an event that cannot be judged.
   */
  async open(messages: readonly Message[]): Promise<readonly NewLearning[]> {
    const opened = (await this.journal.open(messages)) as readonly (Learning['data'] | undefined)[];
    return messages.flatMap((message, n): readonly NewLearning[] => {
      const data = opened[n];
      const { alias, sealed } = message;
      if (!data || alias === undefined || !sealed) return [];
      if (!isJudgeable(data)) Judgeable.parse(data);
      const { eventSource: source, eventId, revision } = message.data as LearningFact;
      const subject = this.index.ofActivity(data.activity.id);
      const { supersedes } = data;
      return [{ message, alias, subject, source, eventId, revision, supersedes }];
    });
  }

  /** Keeps new events. */
  async add(tx: Transaction, learnings: readonly NewLearning[]): Promise<void> {
    if (learnings.length === 0) return;
    const rows = rowsFor(learnings.map(({ message }) => message));
    for (const { message, subject, source, eventId, revision, supersedes } of learnings)
      envelopeRow(rows, message, 6)
        .text(source)
        .text(eventId)
        .text(supersedes?.source)
        .text(supersedes?.id)
        .bytes(Buffer.from(subject, 'hex'))
        .int4(revision);
    const columns = `${ENVELOPE}, event_source, event_id, supersedes_source, supersedes_id, subject,
      revision`;
    await copyInto(tx, 'accumulation.learning', columns, rows);
  }

  async addVoids(tx: Transaction, messages: readonly Message[]): Promise<void> {
    if (messages.length === 0) return;
    const targets = messages.map(
      ({ data }) => (data as Fact<'learning-event-voided'>['data']).target,
    );
    await tx.query(
      `insert into accumulation.voiding (id, alias, provider, target_source, target_id, key)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
       on conflict (id) do nothing`,
      [
        messages.map(({ id }) => id),
        messages.map(({ alias }) => alias ?? null),
        messages.map(({ provider }) => provider ?? null),
        targets.map(({ source }) => source),
        targets.map(({ id }) => id),
        messages.map(({ stream }) => stream ?? null),
      ],
    );
  }

  /**
   * Whom new voids, and new events that are linked to others, may have taken something from:
   * everybody on the chains of corrections they belong to, also under other aliases.
   */
  async undone(tx: Transaction, ids: readonly string[]): Promise<readonly Touch[]> {
    return tx.query<Touch[]>(
      `with recursive start as (
         select l.* from accumulation.learning l where l.id = any($1)
         union
         select l.* from accumulation.learning l join accumulation.voiding v
           on (l.event_source, l.event_id) = (v.target_source, v.target_id)
         where v.id = any($1)
       ), ${CHAIN}
       select distinct l.alias, encode(l.subject, 'hex') as subject
       from chain join accumulation.learning l using (id)`,
      [ids],
    );
  }

  /** Who has learned something under one of the subjects; everybody for undefined. */
  async aliasesBySubject(
    tx: Transaction,
    subjects: readonly string[] | undefined,
  ): Promise<readonly string[]> {
    const rows = await tx.query<{ alias: string }[]>(
      `select distinct alias from accumulation.learning
       where $1::text[] is null or subject = any($1::bytea[])`,
      [subjects?.map((subject) => `\\x${subject}`) ?? null],
    );
    return rows.map(({ alias }) => alias);
  }

  /** Under which alias each event is known; nothing for those that are not. */
  async aliasesOf(tx: Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map();
    const rows = await tx.query<{ id: string; alias: string }[]>(
      'select id, alias from accumulation.learning where id = any($1)',
      [ids],
    );
    return new Map(rows.map(({ id, alias }) => [id, alias]));
  }

  async subjectsOf(tx: Transaction, aliases: readonly string[]): Promise<readonly string[]> {
    const rows = await tx.query<{ subject: string }[]>(
      `select distinct encode(subject, 'hex') as subject from accumulation.learning
       where alias = any($1)`,
      [aliases],
    );
    return rows.map(({ subject }) => subject);
  }

  /**
   * The events of the aliases under the subjects (all for undefined), with all that is linked to
   * them by corrections, opened; and the voids that name any of them.
   */
  async load(
    tx: Transaction,
    aliases: readonly string[],
    subjects: readonly string[] | undefined,
  ): Promise<{ readonly events: readonly LearningOf[]; readonly voids: readonly Voiding[] }> {
    const rows = await tx.query<LearningRow[]>(
      `with recursive start as (
         select * from accumulation.learning where alias = any($1)
           and ($2::text[] is null or subject = any($2::bytea[]))
       ), ${CHAIN}
       select ${ENVELOPE}, l.event_source, l.event_id, l.revision
       from (select distinct id from chain) linked join accumulation.learning l using (id)`,
      [aliases, subjects?.map((subject) => `\\x${subject}`) ?? null],
    );
    const messages = rows.map((row) =>
      messageOf(row, 'learning-event', {
        eventSource: row.event_source,
        eventId: row.event_id,
      }),
    );
    const opened = (await this.journal.open(messages)) as readonly (Learning['data'] | undefined)[];
    const events = rows.flatMap((row, n) => {
      const data = opened[n];
      return data ? [{ ...learningOf(row, data), alias: row.alias }] : [];
    });
    return { events, voids: await this.#voidsOf(tx, rows) };
  }

  async forget(tx: Transaction, aliases: readonly string[]): Promise<void> {
    await tx.query(
      `delete from accumulation.voiding where (target_source, target_id) in
         (select event_source, event_id from accumulation.learning where alias = any($1))`,
      [aliases],
    );
    await tx.query('delete from accumulation.learning where alias = any($1)', [aliases]);
  }

  async #voidsOf(tx: Transaction, rows: readonly LearningRow[]): Promise<readonly Voiding[]> {
    const found = await tx.query<{ provider: string | null; source: string; id: string }[]>(
      `select v.provider, v.target_source as source, v.target_id as id
       from accumulation.voiding v join accumulation.learning l
         on (l.event_source, l.event_id) = (v.target_source, v.target_id)
       where l.id = any($1)`,
      [rows.map(({ id }) => id)],
    );
    return found.map(({ provider, source, id }) => ({
      provider: provider ?? undefined,
      target: { source, id },
    }));
  }
}

const learningOf = (row: LearningRow, data: Learning['data']): Learning => ({
  id: row.id,
  seq: Number(row.seq),
  time: row.time.toISOString(),
  recordedAt: row.recorded_at.toISOString(),
  provider: row.provider ?? undefined,
  source: row.event_source,
  eventId: row.event_id,
  revision: row.revision ?? undefined,
  data,
});
