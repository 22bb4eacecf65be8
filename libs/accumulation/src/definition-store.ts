import { Injectable } from '@nestjs/common';
import { AchievementDefinition, type Fact } from '#contracts';
import type { Transaction } from '#log';
import type { Definition } from './domain/settlement.js';
import { SubjectIndex } from './subject-index.js';

interface DefinitionRow {
  readonly provider: string;
  readonly version: number;
  readonly definition: unknown;
}

/** The current definitions, found by what their rules ask about. */
@Injectable()
export class DefinitionStore {
  constructor(private readonly index: SubjectIndex) {}

  /** Keeps a version unless a later one is known. */
  async put(tx: Transaction, { provider, version, definition }: Defined): Promise<void> {
    const [changed] = await tx.query<{ id: string }[]>(
      `insert into accumulation.definition as known (id, provider, version, subject, definition)
       values ($1, $2, $3, $4, $5)
       on conflict (id) do update
         set version = excluded.version, definition = excluded.definition
         where known.version < excluded.version
       returning id`,
      [
        definition.id,
        provider,
        version,
        Buffer.from(this.index.ofAchievement(definition.id), 'hex'),
        JSON.stringify(definition),
      ],
    );
    if (!changed) return;
    await tx.query('delete from accumulation.definition_subject where definition_id = $1', [
      definition.id,
    ]);
    await tx.query(
      `insert into accumulation.definition_subject (definition_id, subject)
       select $1, unnest($2::bytea[])`,
      [definition.id, bytes(this.index.ofDefinition(definition))],
    );
  }

  /**
   * The definitions that ask about one of the subjects or are one of the achievements, and all that
   * stack on them. Subjects and achievements are as SubjectIndex gives them.
   */
  async touched(
    tx: Transaction,
    subjects: Iterable<string>,
    achievements: Iterable<string>,
  ): Promise<readonly Definition[]> {
    const rows = await tx.query<DefinitionRow[]>(
      `with recursive touched (id, subject) as (
         select d.id, d.subject from accumulation.definition d
         where d.subject = any($2::bytea[]) or d.id in (
           select definition_id from accumulation.definition_subject
           where subject = any($1::bytea[]))
         union
         select d.id, d.subject from touched t
         join accumulation.definition_subject s on s.subject = t.subject
         join accumulation.definition d on d.id = s.definition_id
       )
       select provider, version, definition
       from touched join accumulation.definition using (id) order by id`,
      [bytes(subjects), bytes(achievements)],
    );
    return rows.map(({ provider, version, definition }) => ({
      provider,
      version,
      definition: AchievementDefinition.parse(definition),
    }));
  }
}

type Defined = Fact<'achievement-defined'>['data'];
const bytes = (macs: Iterable<string>): string[] => [...macs].map((mac) => `\\x${mac}`);
