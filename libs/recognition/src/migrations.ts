import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ENVELOPE_COLUMNS } from '#log';

/** What recognition reads from. What is personal stays sealed as it came. */
export class CreateRecognition1764000005000 implements MigrationInterface {
  readonly name = 'CreateRecognition1764000005000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists recognition;
      create table recognition.institution (
        id text primary key, name text not null, recognises boolean not null
      );
      create table recognition.credential (
        credential_id text primary key, issuer text not null, ${ENVELOPE_COLUMNS}
      );
      create index on recognition.credential (alias);
      -- Kept apart, as a revocation can arrive before what it revokes.
      create table recognition.revoked (credential_id text primary key, alias text);
      create index on recognition.revoked (alias);
      create table recognition.request (
        case_id text primary key, institution text not null, ${ENVELOPE_COLUMNS}
      );
      create index on recognition.request (alias);
      create index on recognition.request (institution, time);
      create table recognition.decision (case_id text primary key, ${ENVELOPE_COLUMNS});
      create index on recognition.decision (alias);
      -- Who was erased: what arrives of them later is not kept.
      create table recognition.erased (alias text primary key);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema recognition cascade');
  }
}
