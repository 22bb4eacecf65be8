import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is refused is sealed under the keys of those whom it names. */
export class SealRefusedItems1764400020000 implements MigrationInterface {
  readonly name = 'SealRefusedItems1764400020000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Erasures that what is kept has heard of: of learners whom the client knows.
      create table recording.erasure (
        client text not null, entry text not null, at timestamptz not null,
        primary key (client, entry)
      );
      -- Aliases, a space between them, and shares of the key; null where nobody can tell whom it
      -- names: then it is sealed under a key of the installation.
      alter table recording.refused_item add column people text, add column wrapped_key bytea,
        add column kept_at timestamptz;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      delete from recording.refused_item where people is not null;
      alter table recording.refused_item drop column people, drop column wrapped_key,
        drop column kept_at;
      drop table recording.erasure;
    `);
  }
}
