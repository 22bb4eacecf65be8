import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateDocuments1764200001000 implements MigrationInterface {
  readonly name = 'CreateDocuments1764200001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The documents of xAPI: state, activity profiles, agent profiles. Rows are found by HMACs of
      -- what a request names; id and content are sealed. A revision belongs to one content only.
      create table recording.document (
        token bytea primary key, context bytea not null, registration bytea not null,
        id bytea not null, content bytea not null, updated timestamptz not null,
        revision uuid not null
      );
      create index document_context on recording.document (context, updated);
      -- Ciphertext cannot be compressed.
      alter table recording.document alter column content set storage external;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table recording.document');
  }
}
