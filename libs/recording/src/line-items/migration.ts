import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateLineItems1764400030000 implements MigrationInterface {
  readonly name = 'CreateLineItems1764400030000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Owned: the line items of LTI AGS that providers have given. About nobody: no score is here.
      create table recording.line_item (
        id text primary key, client text not null, context text not null,
        created_at timestamptz not null, definition jsonb not null
      );
      create index on recording.line_item (client, context, created_at, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table recording.line_item');
  }
}
