import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every version of a definition, and when it was recorded: until then the one before judges. */
export class AddDefinitionVersion1764100000700 implements MigrationInterface {
  readonly name = 'AddDefinitionVersion1764100000700';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table accumulation.definition_version (
        id text not null, version integer not null, recorded_at timestamptz not null,
        definition jsonb not null, primary key (id, version)
      )`);
    // Of those known so far only the current version is left: a rebuild finds the others.
    await runner.query(`
      insert into accumulation.definition_version (id, version, recorded_at, definition)
      select id, version, to_timestamp(0), definition from accumulation.definition`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table accumulation.definition_version');
  }
}
