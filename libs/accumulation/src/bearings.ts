import { Injectable } from '@nestjs/common';
import { textArray, type Transaction } from '#log';
import type { NewLearning } from './learning-store.js';
import { SubjectIndex } from './subject-index.js';

/** What new events lead to, apart from being kept. */
export interface Bearing {
  /** Events whose learners have to be judged. */
  readonly asked: readonly NewLearning[];
  /** Events that correct another, or are corrected or voided by what came before them. */
  readonly linked: readonly NewLearning[];
}

/**
 * Tells the events that may change what somebody holds from those that nothing asks about, which are
 * most: these are kept, and nothing else about their learners is looked at. A definition that asks
 * about them later is judged for everybody who has learned something of it.
 */
@Injectable()
export class Bearings {
  constructor(private readonly index: SubjectIndex) {}

  async of(tx: Transaction, learnings: readonly NewLearning[]): Promise<Bearing> {
    if (learnings.length === 0) return { asked: [], linked: [] };
    // An offset of 0 has PostgreSQL look up each event, instead of reading a whole table for them.
    const [row] = await tx.query<[Row]>(
      `select
         exists (select from accumulation.postponed) as is_postponing,
         array(
           select encode(subject, 'hex') from accumulation.definition_subject
           where subject = any($1::bytea[])
         ) as asked,
         array(
           select n::int from unnest($2::text[], $3::text[]) with ordinality as new (source, id, n)
           where exists (
             select from accumulation.learning later
             where (later.supersedes_source, later.supersedes_id) = (new.source, new.id) offset 0
           ) or exists (
             select from accumulation.voiding known
             where (known.target_source, known.target_id) = (new.source, new.id) offset 0
           )
         ) as linked`,
      [
        [...new Set(learnings.map(({ subject }) => subject)), this.index.anyActivity].map(
          (subject) => `\\x${subject}`,
        ),
        textArray(learnings, ({ source }) => source),
        textArray(learnings, ({ eventId }) => eventId),
      ],
    );
    const subjects = new Set(row.asked);
    const linked = new Set(row.linked);
    // Who was postponed can be judged as soon as all that was known of them is there again,
    // whatever it is that comes.
    const isAsked = row.is_postponing || subjects.has(this.index.anyActivity);
    return {
      asked: isAsked ? learnings : learnings.filter(({ subject }) => subjects.has(subject)),
      linked: learnings.filter(
        ({ supersedes }, n) => supersedes !== undefined || linked.has(n + 1),
      ),
    };
  }
}

interface Row {
  readonly is_postponing: boolean;
  /** In hexadecimal, as SubjectIndex has them. */
  readonly asked: readonly string[];
  /** Counted from 1. */
  readonly linked: readonly number[];
}
