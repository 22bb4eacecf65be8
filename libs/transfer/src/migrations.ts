import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ENVELOPE_COLUMNS } from '#log';

/** What transcripts are made of. What is personal stays sealed as it came. */
export class CreateTransfer1764000006000 implements MigrationInterface {
  readonly name = 'CreateTransfer1764000006000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists transfer;
      create table transfer.institution (
        id text primary key, name text not null, country text not null, url text not null
      );
      create table transfer.credential (
        credential_id text primary key, issuer text not null, purpose text not null,
        basis text not null, ${ENVELOPE_COLUMNS}
      );
      create index on transfer.credential (alias);
      create table transfer.decision (
        case_id text primary key, institution text not null, ${ENVELOPE_COLUMNS}
      );
      create index on transfer.decision (alias);
      -- Kept apart, as a revocation can arrive before what it revokes.
      create table transfer.revoked (credential_id text primary key, alias text);
      create index on transfer.revoked (alias);
      -- Who was erased: what arrives of them later is not kept.
      create table transfer.erased (alias text primary key);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema transfer cascade');
  }
}
