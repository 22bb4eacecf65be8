import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The last release of each alias: what was stated before it no longer stands. */
export class AddReleased1764100000410 implements MigrationInterface {
  readonly name = 'AddReleased1764100000410';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'create table accumulation.released (alias text primary key, version int not null)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table accumulation.released');
  }
}
