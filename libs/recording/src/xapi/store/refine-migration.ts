import type { MigrationInterface, QueryRunner } from 'typeorm';

export class RefineStatements1764205000000 implements MigrationInterface {
  readonly name = 'RefineStatements1764205000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What came before cannot be sealed from here, and was in no release.
      delete from recording.attachment;
      alter table recording.attachment
        drop column sha2,
        drop column content_type,
        -- Hash and media type, sealed like the content: the one may be guessed, the other hold a name.
        add column about bytea not null;

      -- Whether a statement is voided is asked with each that is read; very many may point at it.
      create index statement_void on recording.statement (target) where is_void;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index recording.statement_void;
      delete from recording.attachment;
      alter table recording.attachment
        drop column about,
        add column sha2 text not null,
        add column content_type text not null;
    `);
  }
}
