import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateMetaLog1764100100000 implements MigrationInterface {
  readonly name = 'CreateMetaLog1764100100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists meta_log;
      -- A leaf is a signed checkpoint of a log, as it was published.
      create table meta_log.entry (
        seq bigint primary key,
        origin text not null,
        size bigint not null,
        leaf bytea not null,
        leaf_hash bytea not null check (length(leaf_hash) = 32),
        unique (origin, size)
      );
      create table meta_log.tile (
        level int not null, index bigint not null, hashes bytea not null,
        primary key (level, index)
      );
      create table meta_log.state (
        name text primary key, size bigint not null, edge bytea not null, root bytea not null
      );
      -- The key that each log had when it was first seen.
      create table meta_log.source (name text primary key, vkey text not null);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema meta_log cascade');
  }
}
