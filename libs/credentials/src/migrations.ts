import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateCredentials1764000007000 implements MigrationInterface {
  readonly name = 'CreateCredentials1764000007000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists credentials;
      -- Owned: private keys, sealed under a key of the key ring.
      create table credentials.issuer_key (
        issuer text not null, key_id text not null, did text not null,
        public_key_multibase text not null, sealed_private_key bytea not null,
        primary key (issuer, key_id)
      );
      -- Owned: which entry of which list is whose. The place is random: it tells nobody when a
      -- credential was issued, or beside which other.
      create table credentials.status_allocation (
        list_id text not null, index int not null, issuer text not null, number int not null,
        credential_id text not null unique, primary key (list_id, index)
      );
      create index on credentials.status_allocation (issuer, number);
      -- Owned: a rebuild must not publish, for a while, that nothing was revoked.
      create table credentials.revocation (
        list_id text not null, index int not null, primary key (list_id, index)
      );
      -- Read models.
      create table credentials.client (
        id text primary key, name text not null, url text not null, country text not null
      );
      create table credentials.issued (
        credential_id text primary key, issuer text not null, purpose text not null,
        list_id text not null, index int not null, revoked_at timestamptz, reason text,
        id text not null, log text not null, seq bigint not null, alias text not null,
        time timestamptz not null, sealed bytea not null
      );
      create index on credentials.issued (issuer, time desc, credential_id desc);
      create index on credentials.issued (alias);
      create table credentials.erased (alias text primary key);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema credentials cascade');
  }
}
