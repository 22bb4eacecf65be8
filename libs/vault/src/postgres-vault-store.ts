import { createSecretKey, type KeyObject } from 'node:crypto';
import { DomainError, newAlias } from '#kernel';
import type { DataSource } from 'typeorm';
import { Accounts } from './accounts.js';
import type { KeyRing } from './key-ring.js';
import { People } from './people.js';
import { openBytes, sealBytes } from './sealing.js';
import type { Handover, ScopedIdentity, StoredProfile } from './vault.js';
import type { StoredKey, VaultStore } from './vault-store.js';

interface KeyRow {
  readonly alias: string;
  readonly wrapped_key: Buffer;
  readonly held_from: Date | null;
  readonly held_until: Date | null;
}

/** $2 is an alias. What was made for a person, and for nothing else, stays theirs. */
const NOT_HOME = 'and not exists (select from vault.person where home_alias = $2)';

/** The vault's tables. Data keys are wrapped under the installation's vault key. */
export class PostgresVaultStore implements VaultStore {
  readonly #db: DataSource;
  readonly #wrappingKey: KeyObject;
  readonly #accounts: Accounts;
  readonly #people: People;

  constructor(db: DataSource, keyRing: KeyRing) {
    this.#db = db;
    this.#wrappingKey = createSecretKey(keyRing.secret('vault'));
    const account = createSecretKey(keyRing.secret('vault-accounts'));
    this.#accounts = new Accounts(db, { account, wrapping: this.#wrappingKey });
    this.#people = new People(db);
  }

  async aliasesFor(identities: readonly ScopedIdentity[]): Promise<readonly string[]> {
    const named = identities.filter(({ identity }) => !('alias' in identity));
    const found = (await this.#accounts.aliasesFor(named)).values();
    await this.#checkGiven(identities);
    return identities.map(({ identity }) =>
      'alias' in identity ? identity.alias : (found.next().value ?? ''),
    );
  }

  async knownAlias(scoped: ScopedIdentity): Promise<string | undefined> {
    // Of an alias none is made either: it is checked.
    const ask =
      'alias' in scoped.identity ? this.aliasesFor([scoped]) : this.#accounts.find([scoped]);
    return (await ask)[0];
  }

  handOver(handover: Handover): Promise<void> {
    return this.#accounts.handOver(handover);
  }

  async createPerson(person: string): Promise<string> {
    return this.#db.transaction(async (tx) => {
      await tx.query('insert into vault.person (id) values ($1) on conflict do nothing', [person]);
      const [row] = await tx.query<{ home_alias: string | null }[]>(
        'select home_alias from vault.person where id = $1 for update',
        [person],
      );
      if (row?.home_alias) return row.home_alias;
      const alias = newAlias();
      await tx.query(
        'insert into vault.alias (alias, provider, person, wrapped_key) values ($1, $2, $3, $4)',
        [alias, 'self', person, this.#accounts.newWrappedKey(alias)],
      );
      await tx.query('update vault.person set home_alias = $2 where id = $1', [person, alias]);
      return alias;
    });
  }

  aliasesOf(person: string): Promise<readonly string[]> {
    return this.#people.aliasesOf(person);
  }

  personsOf(aliases: readonly string[]): Promise<readonly (string | undefined)[]> {
    return this.#people.personsOf(aliases);
  }

  async providersOf(aliases: readonly string[]): Promise<readonly string[]> {
    const rows = await this.#db.query<{ provider: string }[]>(
      `select distinct provider from vault.alias where alias = any($1) and provider <> 'self'
       order by provider`,
      [aliases],
    );
    return rows.map(({ provider }) => provider);
  }

  samePerson(person: string): Promise<readonly string[]> {
    return this.#people.samePerson(person);
  }

  merge(person: string, into: string, version: number): Promise<void> {
    return this.#people.decide(person, into, version);
  }

  split(person: string, version: number): Promise<void> {
    return this.#people.decide(person, undefined, version);
  }

  async link(person: string, alias: string, version: number): Promise<void> {
    await this.#db.query(
      `update vault.alias set person = $1, link_version = $3
       where alias = $2 and link_version < $3 and wrapped_key is not null ${NOT_HOME}`,
      [person, alias, version],
    );
  }

  async unlink(alias: string, version: number): Promise<void> {
    await this.#db.query(
      `update vault.alias set person = null, link_version = $1
       where alias = $2 and link_version < $1 ${NOT_HOME}`,
      [version, alias],
    );
  }

  async dataKeys(aliases: readonly string[]): Promise<readonly (StoredKey | undefined)[]> {
    const rows = await this.#db.query<KeyRow[]>(
      `select alias, wrapped_key, held_from, held_until from vault.alias
       where alias = any($1) and wrapped_key is not null`,
      [aliases],
    );
    const keys = new Map(
      rows.map(({ alias, wrapped_key, held_from, held_until }) => [
        alias,
        {
          bytes: openBytes(this.#wrappingKey, `data-key|${alias}`, wrapped_key),
          from: held_from?.getTime(),
          until: held_until?.getTime(),
        },
      ]),
    );
    return aliases.map((alias) => keys.get(alias));
  }

  async putProfile(person: string, profile: StoredProfile): Promise<void> {
    const known = await this.#profileKey(person);
    if (!known) throw new DomainError('not-found');
    const { root, key } = known;
    const sealed = sealBytes(key, `profile|${root}`, Buffer.from(JSON.stringify(profile)));
    await this.#db.query('update vault.person set profile = $2 where id = $1', [root, sealed]);
  }

  async profile(person: string): Promise<StoredProfile | undefined> {
    const known = await this.#profileKey(person);
    if (!known) return undefined;
    const { root, key } = known;
    const [row] = await this.#db.query<{ profile: Buffer | null }[]>(
      'select profile from vault.person where id = $1',
      [root],
    );
    if (!row?.profile) return undefined;
    const opened = openBytes(key, `profile|${root}`, row.profile);
    return JSON.parse(Buffer.from(opened).toString()) as StoredProfile;
  }

  async destroy(person: string): Promise<readonly string[]> {
    return this.#db.transaction(async (tx) => {
      // TypeORM answers an update with [rows, count].
      const [rows] = await tx.query<[{ alias: string }[], number]>(
        `update vault.alias set wrapped_key = null, destroyed_at = now()
         where person = $1 returning alias`,
        [person],
      );
      const aliases = rows.map(({ alias }) => alias);
      await this.#accounts.forget(tx, aliases);
      await tx.query('update vault.person set profile = null where id = $1', [person]);
      return aliases;
    });
  }

  async #checkGiven(identities: readonly ScopedIdentity[]): Promise<void> {
    const given = identities.flatMap(({ provider, identity }) =>
      'alias' in identity ? [{ provider, alias: identity.alias }] : [],
    );
    if (given.length === 0) return;
    const rows = await this.#db.query<{ alias: string; provider: string }[]>(
      `select alias, provider from vault.alias
       where alias = any($1) and wrapped_key is not null`,
      [given.map(({ alias }) => alias)],
    );
    const owners = new Map(rows.map(({ alias, provider }) => [alias, provider]));
    if (given.some(({ provider, alias }) => owners.get(alias) !== provider))
      throw new DomainError('alias-unknown');
  }

  /** Under which key the name of a person lies, and with whom of those they are one with. */
  async #profileKey(
    person: string,
  ): Promise<{ readonly root: string; readonly key: Uint8Array } | undefined> {
    const [[root], [home]] = await Promise.all([this.samePerson(person), this.aliasesOf(person)]);
    if (root === undefined || home === undefined) return undefined;
    const [key] = await this.dataKeys([home]);
    return key && { root, key: key.bytes };
  }
}
