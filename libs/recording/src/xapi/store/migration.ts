import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateStatements1764200000000 implements MigrationInterface {
  readonly name = 'CreateStatements1764200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Every statement that a client stored, in the order of storing (seq), which is the order of
      -- "stored" too. What it says is sealed; it is found by its id and by tokens. After an erasure
      -- the row stays, so that the id is known; nothing can open it.
      create table recording.statement (
        seq bigint primary key,
        client text not null,
        id uuid not null,
        stored timestamptz not null,
        -- The statement at which its object points (StatementRef).
        target uuid,
        is_void boolean not null,
        -- Id of the ledger's event that it became; null for what earns nothing.
        event_id text,
        -- Aliases, a space between them.
        people text not null,
        wrapped_key bytea not null,
        content bytea not null,
        tokens bigint[] not null
      );
      create unique index statement_id on recording.statement (id, client);
      create index statement_client on recording.statement (client, seq);
      create index statement_target on recording.statement (target) where target is not null;
      create index statement_event on recording.statement (event_id)
        where event_id is not null and event_id <> id::text;

      -- Whether a statement is voided is asked with each that is read; very many may point at it.
      create index statement_void on recording.statement (target) where is_void;

      create table recording.statement_token (
        token bigint not null,
        seq bigint not null,
        primary key (token, seq)
      );

      create table recording.attachment (
        seq bigint not null,
        n int not null,
        -- Hash and media type, sealed like the content: the one may be guessed, the other hold a name.
        about bytea not null,
        content bytea not null,
        primary key (seq, n)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table recording.attachment;
      drop table recording.statement_token;
      drop table recording.statement;
    `);
  }
}
