import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a provider counts its revisions by; and where a void stands, to know how far was read. A void
 * says of whom only by what it voids.
 */
export class AddRevision1764100000300 implements MigrationInterface {
  readonly name = 'AddRevision1764100000300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table accumulation.learning add column revision integer');
    await runner.query('alter table accumulation.voiding add column log text');
    await runner.query('alter table accumulation.voiding add column seq bigint');
    await runner.query('alter table accumulation.voiding alter column alias drop not null');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table accumulation.learning drop column revision');
    await runner.query('alter table accumulation.voiding drop column log, drop column seq');
  }
}
