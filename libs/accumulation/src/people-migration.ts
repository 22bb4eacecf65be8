import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose each credential is: see CredentialHolders. Earlier ones are known where they brought credit. */
export class AddCredentialHolders1764200002200 implements MigrationInterface {
  readonly name = 'AddCredentialHolders1764200002200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table accumulation.credential (credential_id text primary key, alias text not null);
      create index on accumulation.credential (alias);
      insert into accumulation.credential (credential_id, alias)
        select b.credential_id, b.alias from accumulation.posting_basis b
        join accumulation.posting p using (posting_id)
        where p.cause = b.credential_id
        on conflict do nothing;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table accumulation.credential');
  }
}
