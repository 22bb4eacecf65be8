import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateImports1764200003000 implements MigrationInterface {
  readonly name = 'CreateImports1764200003000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What a person uploaded, and how far it is. Whatever people wrote is sealed; files go when
      -- they are read, the rest after some days.
      create table recording.import (
        id text primary key,
        client text not null,
        state text not null,
        created_at timestamptz not null default now(),
        touched_at timestamptz not null default now(),
        -- What has come of its files so far.
        bytes bigint not null default 0,
        mapping bytea,
        -- The size of the log when it was confirmed: what lies behind may be ours.
        log_size bigint,
        confirmed_at timestamptz,
        lease text,
        -- Goes at it since its place last moved: also one that took its process with it counts.
        claims int not null default 0,
        leased_until timestamptz,
        -- When this lease began, and the rows done before: from this, the time left.
        leased_at timestamptz,
        leased_done bigint not null default 0,
        recorded bigint not null default 0,
        duplicate bigint not null default 0,
        refused bigint not null default 0
      );
      create index import_client on recording.import (client, created_at desc);
      create index import_running on recording.import (confirmed_at) where state = 'running';

      create table recording.import_file (
        import text references recording.import on delete cascade,
        number int,
        name bytea not null,
        kind text not null,
        bytes bigint not null,
        is_utf8 boolean not null,
        -- Rows in it, as far as that is known.
        rows bigint,
        -- The place: the last row that is accounted for.
        row bigint not null default 0,
        is_done boolean not null default false,
        problem bytea,
        look bytea,
        primary key (import, number)
      );
      create table recording.import_chunk (
        import text references recording.import on delete cascade,
        file int,
        number int,
        sealed bytea not null,
        primary key (import, file, number)
      );
      -- Ciphertext does not shrink.
      alter table recording.import_chunk alter column sealed set storage external;

      -- Refused rows, those of a batch together; row is the last that the batch looked at.
      create table recording.import_refusals (
        import text references recording.import on delete cascade,
        file int,
        row bigint,
        sealed bytea not null,
        primary key (import, file, row)
      );
      create table recording.import_mapping (
        client text,
        fingerprint bytea,
        sealed bytea not null,
        primary key (client, fingerprint)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table recording.import_mapping, recording.import_refusals, recording.import_chunk,
        recording.import_file, recording.import
    `);
  }
}

/** Trials: checked as all others, and recorded nowhere. */
export class TryImports1764400010000 implements MigrationInterface {
  readonly name = 'TryImports1764400010000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table recording.import add area text not null default 'live',
        add tried bigint not null default 0
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table recording.import drop area, drop tried');
  }
}

/** An import waits while its client has used up its quota. */
export class PauseImports1764400010100 implements MigrationInterface {
  readonly name = 'PauseImports1764400010100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table recording.import add paused_until timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table recording.import drop paused_until');
  }
}

/** Refused rows are sealed under the keys of those whom they name. */
export class SealRefusedRows1764400020100 implements MigrationInterface {
  readonly name = 'SealRefusedRows1764400020100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- sealed has what nobody can tell whom it names; named has each row under its people's keys.
      alter table recording.import_refusals alter column sealed drop not null,
        add column named bytea, add column kept_at timestamptz;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      delete from recording.import_refusals where sealed is null;
      alter table recording.import_refusals alter column sealed set not null,
        drop column named, drop column kept_at;
    `);
  }
}

/**
 * What the preview showed goes with the end of an import; of those that ended before it did, too.
 * Where refused rows can be given back it has the names of their columns, and stays as long as they.
 */
export class StripPreviews1764400060000 implements MigrationInterface {
  readonly name = 'StripPreviews1764400060000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      update recording.import_file set look = null
      from recording.import
      where import.id = import_file.import and state in ('done', 'cancelled', 'withdrawn')
        and look is not null
        and not exists (select from recording.import_refusals r
          where r.import = import_file.import and r.file = import_file.number)
    `);
  }

  /** What is deleted does not come back. */
  down(): Promise<void> {
    return Promise.resolve();
  }
}
