import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What accumulation reads from. Nothing personal is in plain text: what an event says stays sealed,
 * activities and definitions are looked up by a keyed hash.
 */
export class CreateAccumulation1764000003000 implements MigrationInterface {
  readonly name = 'CreateAccumulation1764000003000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('create schema accumulation');
    for (const table of [...learners, ...definitions, ...places, ...accounts])
      await queryRunner.query(table);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop schema accumulation cascade');
  }
}

const learners = [
  `create table accumulation.learning (
     id text primary key,
     log text not null,
     seq bigint not null,
     alias text not null,
     provider text,
     time timestamptz not null,
     recorded_at timestamptz not null,
     event_source text not null,
     event_id text not null,
     supersedes_source text,
     supersedes_id text,
     subject bytea not null,
     sealed bytea not null
   )`,
  'create index on accumulation.learning (alias, subject)',
  'create index on accumulation.learning (subject)',
  'create index on accumulation.learning (event_source, event_id)',
  `create index on accumulation.learning (supersedes_source, supersedes_id)
     where supersedes_id is not null`,
  // A void can arrive before what it voids, so it is kept by what it names.
  `create table accumulation.voiding (
     id text primary key,
     alias text not null,
     provider text,
     target_source text not null,
     target_id text not null
   )`,
  'create index on accumulation.voiding (target_source, target_id)',
  'create index on accumulation.voiding (alias)',
  `create table accumulation.earned (
     id text primary key,
     log text not null,
     seq bigint not null,
     alias text not null,
     provider text,
     time timestamptz not null,
     recorded_at timestamptz not null,
     earned_id text not null,
     subject bytea not null,
     sealed bytea not null
   )`,
  'create index on accumulation.earned (alias)',
  'create index on accumulation.earned (subject)',
  'create index on accumulation.earned (earned_id)',
  'create table accumulation.withdrawn (earned_id text primary key, alias text not null)',
  'create index on accumulation.withdrawn (alias)',
];

const definitions = [
  `create table accumulation.definition (
     id text primary key,
     provider text not null,
     version integer not null,
     subject bytea not null unique,
     definition jsonb not null
   )`,
  `create table accumulation.definition_subject (
     definition_id text not null,
     subject bytea not null,
     primary key (definition_id, subject)
   )`,
  'create index on accumulation.definition_subject (subject)',
];

/** How far each learner (and each definition) is known, and was known when last judged. */
const places = ['seen', 'judged'].map(
  (table) => `create table accumulation.${table} (
     key text not null,
     log text not null,
     topic text not null,
     seq bigint not null,
     primary key (key, log, topic)
   )`,
);

const accounts = [
  `create table accumulation.posting (
     posting_id text primary key,
     id text not null,
     log text not null,
     seq bigint not null,
     alias text not null,
     provider text,
     time timestamptz not null,
     recorded_at timestamptz not null,
     cause text not null,
     sealed bytea not null
   )`,
  'create index on accumulation.posting (alias)',
  `create table accumulation.reversal (
     posting_id text primary key,
     reverses text not null,
     alias text not null,
     time timestamptz not null
   )`,
  'create index on accumulation.reversal (alias)',
  `create table accumulation.posting_basis (
     credential_id text not null,
     posting_id text not null,
     alias text not null,
     primary key (credential_id, posting_id)
   )`,
  'create index on accumulation.posting_basis (posting_id)',
  'create index on accumulation.posting_basis (alias)',
  'create table accumulation.revoked (credential_id text primary key, alias text)',
  'create index on accumulation.revoked (alias)',
  'create table accumulation.institution (id text primary key, name text not null)',
];
