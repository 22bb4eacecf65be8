import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateRecording1764000002000 implements MigrationInterface {
  readonly name = 'CreateRecording1764000002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists recording;
      -- Read model: who may send what. The Basic key is 256 random bits, kept as its SHA-256.
      create table recording.client (
        id text primary key, definition jsonb not null, basic_key_sha256 text not null
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema recording cascade');
  }
}

/** Who may correct for whom; whoever no longer may has no sources, so that late news stay late. */
export class AddCorrectors1764400050100 implements MigrationInterface {
  readonly name = 'AddCorrectors1764400050100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Read model.
      create table recording.corrector (
        provider text not null, client text not null, sources text[] not null,
        version int not null, primary key (provider, client)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table recording.corrector');
  }
}
