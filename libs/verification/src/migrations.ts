import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateVerification1764000008000 implements MigrationInterface {
  readonly name = 'CreateVerification1764000008000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists verification;
      create table verification.issuer_key (
        did text not null, key_id text not null, issuer text not null,
        public_key_multibase text not null, primary key (did, key_id)
      );
      create table verification.client (id text primary key, name text not null);
      create table verification.issued (
        credential_id text primary key, issuer text not null, digest text not null,
        list_id text not null, index int not null, alias text not null
      );
      create index on verification.issued (alias);
      -- Not by alias: that something was withdrawn stays public.
      create table verification.revoked (
        list_id text not null, index int not null, revoked_at timestamptz not null,
        reason text not null, primary key (list_id, index)
      );
      create table verification.erased (alias text primary key);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema verification cascade');
  }
}
