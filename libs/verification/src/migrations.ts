import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateVerification1764000006000 implements MigrationInterface {
  readonly name = 'CreateVerification1764000006000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists verification;
      create table verification.issuer (
        did text not null, key_id text not null, issuer text not null,
        public_key_multibase text not null, primary key (did, key_id)
      );
      create table verification.client (id text primary key, name text not null);
      -- Nothing personal: numbers and a digest that only the credential's holder can compute.
      create table verification.credential (
        credential_id text primary key, issuer text not null, digest text not null,
        status_list_id text not null, status_list_index int not null
      );
      create table verification.revocation (
        status_list_id text not null, status_list_index int not null, credential_id text not null,
        reason text not null, revoked_at timestamptz not null,
        primary key (status_list_id, status_list_index)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema verification cascade');
  }
}
