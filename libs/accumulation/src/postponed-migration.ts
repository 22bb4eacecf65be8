import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Aliases that were touched and could not be judged yet, as not everything known had come back. */
export class AddPostponed1764100000400 implements MigrationInterface {
  readonly name = 'AddPostponed1764100000400';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table accumulation.postponed (alias text primary key)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table accumulation.postponed');
  }
}
