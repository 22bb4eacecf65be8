import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the facts of an alias rest on elsewhere: voids by their stream, other learners by alias. */
export class AddRestsOn1764100000600 implements MigrationInterface {
  readonly name = 'AddRestsOn1764100000600';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table accumulation.voiding drop column log, drop column seq');
    await runner.query('alter table accumulation.voiding add column key text');
    await runner.query(
      `create table accumulation.rests_on (
         alias text not null, key text not null, primary key (alias, key)
       )`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table accumulation.rests_on');
    await runner.query('alter table accumulation.voiding drop column key');
    await runner.query('alter table accumulation.voiding add column log text');
    await runner.query('alter table accumulation.voiding add column seq bigint');
  }
}
