import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateIdentity1764000001000 implements MigrationInterface {
  readonly name = 'CreateIdentity1764000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists identity;
      -- Owned: who can sign in, and the codes that are out. Codes are kept as hashes only.
      create table identity.person (id text primary key, role text not null, organisation text);
      create table identity.invitation (
        code_sha256 bytea primary key, person text not null, role text not null,
        organisation text, expires_at timestamptz not null, used_at timestamptz
      );
      create table identity.claim_code (
        code_sha256 bytea primary key, alias text not null, provider text not null,
        expires_at timestamptz not null, used_by text
      );
      -- Read models.
      create table identity.institution (
        id text primary key, name text not null, country text not null, recognises boolean not null
      );
      create table identity.claim (
        person text not null, alias text not null, provider text not null,
        claimed_at timestamptz not null, primary key (person, alias)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema identity cascade');
  }
}

/** Accounts that were given up stay listed, so that it can be undone. */
export class AddClaimVersion1764100000200 implements MigrationInterface {
  readonly name = 'AddClaimVersion1764100000200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table identity.claim add column version int not null default 0,
        add column released_at timestamptz, add column released_by text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('delete from identity.claim where released_at is not null');
    await runner.query(`
      alter table identity.claim drop column version,
        drop column released_at, drop column released_by`);
  }
}

/** People who signed up twice, and statements that providers have signed. */
export class AddMerges1764200002100 implements MigrationInterface {
  readonly name = 'AddMerges1764200002100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Owned: codes that are out, as hashes only, and which statements were used.
      create table identity.merge_code (
        code_sha256 bytea primary key, person text not null, expires_at timestamptz not null,
        used_by text
      );
      create table identity.used_assertion (
        issuer text not null, jti text not null, kept_until timestamptz not null,
        primary key (issuer, jti)
      );
      create index used_assertion_kept_until on identity.used_assertion (kept_until);
      -- Read model.
      create table identity.merge (
        merged text primary key, person text not null, merged_at timestamptz not null,
        split_at timestamptz, version int not null
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table identity.merge_code, identity.used_assertion, identity.merge');
  }
}

/** Who may correct for whom; whoever no longer may has no sources, so that late news stay late. */
export class AddCorrectors1764400050000 implements MigrationInterface {
  readonly name = 'AddCorrectors1764400050000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Read model.
      create table identity.corrector (
        provider text not null, client text not null, sources text[] not null,
        version int not null, primary key (provider, client)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table identity.corrector');
  }
}
