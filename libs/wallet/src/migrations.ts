import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ENVELOPE_COLUMNS } from '#log';

/** What learners see of their own. What an entry says of them stays sealed as it came. */
export class CreateWallet1764000004000 implements MigrationInterface {
  readonly name = 'CreateWallet1764000004000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [
      'create schema wallet',
      'create table wallet.party (id text primary key, name text not null)',
      ...timeline,
      ...credentials,
      ...shares,
    ])
      await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop schema wallet cascade');
  }
}

const timeline = [
  `create table wallet.event (${ENVELOPE_COLUMNS},
     event_source text not null,
     event_id text not null,
     primary key (id)
   )`,
  'create index on wallet.event (alias, time desc, id desc)',
  `create table wallet.voided (
     id text primary key,
     alias text not null,
     provider text,
     event_source text not null,
     event_id text not null
   )`,
  'create index on wallet.voided (event_source, event_id)',
  'create index on wallet.voided (alias)',
];

const credentials = [
  `create table wallet.credential (${ENVELOPE_COLUMNS},
     credential_id text primary key,
     issuer text not null,
     purpose text not null
   )`,
  'create index on wallet.credential (alias)',
  `create table wallet.revoked (
     credential_id text primary key,
     alias text,
     revoked_at timestamptz not null,
     reason text not null
   )`,
  'create index on wallet.revoked (alias)',
];

const shares = [
  `create table wallet.share (
     share_id text primary key,
     alias text not null,
     time timestamptz not null
   )`,
  'create index on wallet.share (alias)',
  // A view is not an entry of the log, so this table is not emptied by a rebuild.
  `create table wallet.share_view (
     share_id text primary key,
     views bigint not null
   )`,
];

/** What an event corrects, so that the one corrected is shown as such. */
export class AddSupersedes1764100000800 implements MigrationInterface {
  readonly name = 'AddSupersedes1764100000800';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      alter table wallet.event add column supersedes_source text, add column supersedes_id text;
      create index on wallet.event (supersedes_source, supersedes_id)
        where supersedes_id is not null`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      alter table wallet.event drop column supersedes_source, drop column supersedes_id`);
  }
}

/** A void says of whom only by what it voids. */
export class VoidsNameNobody1764100000500 implements MigrationInterface {
  readonly name = 'VoidsNameNobody1764100000500';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table wallet.voided drop column alias');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table wallet.voided add column alias text');
  }
}
