import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events are found by their id first: a source is the same for very many, and compared in vain. */
export class FindLearningById1764500010300 implements MigrationInterface {
  readonly name = 'FindLearningById1764500010300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index learning_event on accumulation.learning (event_id, event_source);
      drop index accumulation.learning_event_source_event_id_idx;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index learning_event_source_event_id_idx
        on accumulation.learning (event_source, event_id);
      drop index accumulation.learning_event;
    `);
  }
}
