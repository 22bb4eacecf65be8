import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateLog1764000000100 implements MigrationInterface {
  readonly name = 'CreateLog1764000000100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists log;
      create table log.entry (
        seq bigint primary key,
        -- 128 random bits. Not a unique index: one on random keys costs a fifth of an append, more
        -- as the table grows, to find what only a bug could make; checkLog finds it.
        id text not null,
        kind text not null,
        topic text not null,
        time timestamptz not null,
        recorded_at timestamptz not null,
        provider text,
        alias text,
        stream text,
        version int,
        -- 48 bits of event time and 80 bits of an HMAC of source and id: random keys cost three
        -- times the CPU as the table grows.
        dedup uuid,
        -- HMAC of the content under a key that dies with the alias.
        content_mac bytea,
        leaf bytea not null,
        leaf_hash bytea not null check (length(leaf_hash) = 32),
        constraint entry_dedup unique (dedup)
      );
      alter table log.entry alter column leaf set storage external;
      create unique index entry_stream on log.entry (stream, version) where stream is not null;
      -- Finds an intake event by (source, id) whatever its time.
      create table log.intake_key (identity bytea primary key, seq bigint not null);
      create table log.tile (
        level int not null, index bigint not null, hashes bytea not null,
        primary key (level, index)
      );
      create table log.state (
        name text primary key, size bigint not null, edge bytea not null, root bytea not null
      );
      -- Hashes cannot be compressed: do not try.
      alter table log.tile alter column hashes set storage external;
      alter table log.state alter column edge set storage external;
      create function log.refuse() returns trigger language plpgsql as $$
        begin raise exception 'the log is append-only'; end $$;
      create trigger entry_append_only before update or delete or truncate on log.entry
        for each statement execute function log.refuse();
      create trigger tile_append_only before update or delete or truncate on log.tile
        for each statement execute function log.refuse();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema log cascade');
  }
}

export const logMigrations = [CreateLog1764000000100];
