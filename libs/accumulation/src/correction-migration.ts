import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What corrections, voids, accounts that change hands and versions of definitions are judged by. */
export class AddCorrection1764100000300 implements MigrationInterface {
  readonly name = 'AddCorrection1764100000300';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...voidings, ...places, ...accounts, ...versions])
      await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['definition_version', 'released', 'postponed', 'rests_on'])
      await runner.query(`drop table accumulation.${table}`);
    await runner.query('drop index accumulation.judged_definition');
    await runner.query('alter table accumulation.voiding drop column key');
    await runner.query('alter table accumulation.learning drop column revision');
  }
}

const voidings = [
  // What a provider counts its revisions by.
  'alter table accumulation.learning add column revision integer',
  // A void says of whom only by what it voids.
  `alter table accumulation.voiding
     alter column alias drop not null,
     add column key text`,
];

const places = [
  // What the facts of an alias rest on elsewhere: voids by their stream, other learners by alias.
  `create table accumulation.rests_on (
     alias text not null, key text not null, primary key (alias, key)
   )`,
  // Aliases that were touched and could not be judged yet, as not everything known had come back.
  'create table accumulation.postponed (alias text primary key)',
  // Whether all definitions are known again is asked at every judgement.
  `create index judged_definition on accumulation.judged (key) where key like 'achievement-%'`,
];

/** The last release of each alias: what was stated before it no longer stands. */
const accounts = [
  'create table accumulation.released (alias text primary key, version int not null)',
];

/** Every version of a definition, and when it was recorded: until then the one before judges. */
const versions = [
  `create table accumulation.definition_version (
     id text not null, version integer not null, recorded_at timestamptz not null,
     definition jsonb not null, primary key (id, version)
   )`,
  // Of those known so far only the current version is left: a rebuild finds the others.
  `insert into accumulation.definition_version (id, version, recorded_at, definition)
   select id, version, to_timestamp(0), definition from accumulation.definition`,
];
