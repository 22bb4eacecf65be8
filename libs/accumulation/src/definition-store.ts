import { Injectable } from '@nestjs/common';
import { AchievementDefinition, type Fact } from '#contracts';
import type { Transaction } from '#log';
import type { Definition } from './domain/settlement.js';
import { SubjectIndex } from './subject-index.js';

interface DefinitionRow {
  readonly provider: string;
  readonly version: number;
  readonly definition: unknown;
  readonly until: Date | null;
}

/** The definitions in all their versions, found by what their rules ask about. */
@Injectable()
export class DefinitionStore {
  constructor(private readonly index: SubjectIndex) {}

  /** Keeps a version; the last of them is the current one, whatever comes last. */
  async put(
    tx: Transaction,
    { provider, version, definition }: Defined,
    recordedAt: string,
  ): Promise<void> {
    const { id } = definition;
    const text = JSON.stringify(definition);
    await tx.query(
      `insert into accumulation.definition as known (id, provider, version, subject, definition)
       values ($1, $2, $3, $4, $5)
       on conflict (id) do update
         set version = excluded.version, definition = excluded.definition
         where known.version < excluded.version`,
      [id, provider, version, Buffer.from(this.index.ofAchievement(id), 'hex'), text],
    );
    await tx.query(
      `insert into accumulation.definition_version (id, version, recorded_at, definition)
       values ($1, $2, $3, $4) on conflict do nothing`,
      [id, version, recordedAt, text],
    );
    await tx.query(
      `insert into accumulation.definition_subject (definition_id, subject)
       select $1, unnest($2::bytea[]) on conflict do nothing`,
      [id, bytes(this.index.ofDefinition(definition))],
    );
  }

  /**
   * The definitions, in all versions, that ask or asked about one of the subjects or are one of the
   * achievements, and all that stack on them. Subjects and achievements are as SubjectIndex has them.
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
       select d.provider, v.version, v.definition,
         lead(v.recorded_at) over (partition by v.id order by v.version) as until
       from touched join accumulation.definition d using (id)
       join accumulation.definition_version v using (id)
       order by v.id, v.version`,
      [bytes(subjects), bytes(achievements)],
    );
    return rows.map(({ provider, version, definition, until }) => ({
      provider,
      version,
      definition: AchievementDefinition.parse(definition),
      until: until?.toISOString(),
    }));
  }

  /** Until when each version of these definitions was the current one; undefined if it is. */
  async endsOf(
    tx: Transaction,
    ids: readonly string[],
  ): Promise<(id: string, version: number) => string | undefined> {
    const rows = await tx.query<{ id: string; version: number; until: Date | null }[]>(
      `select id, version, lead(recorded_at) over (partition by id order by version) as until
       from accumulation.definition_version where id = any($1)`,
      [[...new Set(ids)]],
    );
    const ends = new Map(rows.map(({ id, version, until }) => [`${version} ${id}`, until]));
    return (id, version) => ends.get(`${version} ${id}`)?.toISOString();
  }
}

type Defined = Fact<'achievement-defined'>['data'];
const bytes = (macs: Iterable<string>): string[] => [...macs].map((mac) => `\\x${mac}`);
