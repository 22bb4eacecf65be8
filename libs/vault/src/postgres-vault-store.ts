import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { DomainError, newAlias } from '#kernel';
import type { LearnerIdentity } from '#contracts';
import type { DataSource } from 'typeorm';
import { canonical } from './canonical-identity.js';
import type { KeyRing } from './key-ring.js';
import { openBytes, sealBytes } from './sealing.js';
import type { ScopedIdentity, StoredProfile } from './vault.js';
import type { VaultStore } from './vault-store.js';

const DATA_KEY_BYTES = 32;

/** $2 is an alias. What was made for a person, and for nothing else, stays theirs. */
const NOT_HOME = 'and not exists (select from vault.person where home_alias = $2)';

/** The vault's tables. Data keys are wrapped under the installation's vault key. */
export class PostgresVaultStore implements VaultStore {
  readonly #db: DataSource;
  readonly #wrappingKey: KeyObject;
  readonly #accountKey: KeyObject;

  constructor(db: DataSource, keyRing: KeyRing) {
    this.#db = db;
    this.#wrappingKey = createSecretKey(keyRing.secret('vault'));
    this.#accountKey = createSecretKey(keyRing.secret('vault-accounts'));
  }

  async aliasesFor(identities: readonly ScopedIdentity[]): Promise<readonly string[]> {
    const macs = identities.map(({ provider, identity }) =>
      'alias' in identity ? undefined : this.#accountMac(provider, identity),
    );
    const known = await this.#accounts(macs.filter((mac) => mac !== undefined));
    const fresh = new Map<string, { mac: Buffer; provider: string }>();
    macs.forEach((mac, n) => {
      const id = mac?.toString('hex');
      if (mac && id && !known.has(id))
        fresh.set(id, { mac, provider: identities[n]?.provider ?? '' });
    });
    if (fresh.size > 0) {
      await this.#allocate([...fresh.values()]);
      for (const [id, alias] of await this.#accounts([...fresh.values()].map(({ mac }) => mac)))
        known.set(id, alias);
    }
    await this.#checkGiven(identities);
    return identities.map(({ identity }, n) =>
      'alias' in identity ? identity.alias : (known.get(macs[n]?.toString('hex') ?? '') ?? ''),
    );
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
        [alias, 'self', person, this.#newWrappedKey(alias)],
      );
      await tx.query('update vault.person set home_alias = $2 where id = $1', [person, alias]);
      return alias;
    });
  }

  async aliasesOf(person: string): Promise<readonly string[]> {
    const rows = await this.#db.query<{ alias: string }[]>(
      `select a.alias from vault.alias a join vault.person p on p.id = a.person
       where a.person = $1 and a.wrapped_key is not null
       order by a.alias = p.home_alias desc, a.alias`,
      [person],
    );
    return rows.map(({ alias }) => alias);
  }

  async personsOf(aliases: readonly string[]): Promise<readonly (string | undefined)[]> {
    const rows = await this.#db.query<{ alias: string; person: string }[]>(
      `select alias, person from vault.alias
       where alias = any($1) and person is not null and wrapped_key is not null`,
      [aliases],
    );
    const persons = new Map(rows.map(({ alias, person }) => [alias, person]));
    return aliases.map((alias) => persons.get(alias));
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

  async dataKeys(aliases: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    const rows = await this.#db.query<{ alias: string; wrapped_key: Buffer }[]>(
      `select alias, wrapped_key from vault.alias
       where alias = any($1) and wrapped_key is not null`,
      [aliases],
    );
    const keys = new Map(
      rows.map(({ alias, wrapped_key }) => [
        alias,
        openBytes(this.#wrappingKey, `data-key|${alias}`, wrapped_key),
      ]),
    );
    return aliases.map((alias) => keys.get(alias));
  }

  async putProfile(person: string, profile: StoredProfile): Promise<void> {
    const sealed = await this.#profileKey(person, (key) =>
      sealBytes(key, `profile|${person}`, Buffer.from(JSON.stringify(profile))),
    );
    if (!sealed) throw new DomainError('not-found');
    await this.#db.query('update vault.person set profile = $2 where id = $1', [person, sealed]);
  }

  async profile(person: string): Promise<StoredProfile | undefined> {
    const [row] = await this.#db.query<{ profile: Buffer | null }[]>(
      'select profile from vault.person where id = $1',
      [person],
    );
    const sealed = row?.profile;
    if (!sealed) return undefined;
    const opened = await this.#profileKey(person, (key) =>
      openBytes(key, `profile|${person}`, sealed),
    );
    return opened && (JSON.parse(Buffer.from(opened).toString()) as StoredProfile);
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
      await tx.query('delete from vault.account where alias = any($1)', [aliases]);
      await tx.query('update vault.person set profile = null where id = $1', [person]);
      return aliases;
    });
  }

  #accountMac(provider: string, identity: LearnerIdentity): Buffer {
    const parts = [provider, ...canonical(identity)];
    return createHmac('sha256', this.#accountKey).update(JSON.stringify(parts)).digest();
  }

  #newWrappedKey(alias: string): Uint8Array {
    return sealBytes(this.#wrappingKey, `data-key|${alias}`, randomBytes(DATA_KEY_BYTES));
  }

  async #accounts(macs: readonly Buffer[]): Promise<Map<string, string>> {
    if (macs.length === 0) return new Map();
    const rows = await this.#db.query<{ mac: Buffer; alias: string }[]>(
      'select mac, alias from vault.account where mac = any($1)',
      [macs],
    );
    return new Map(rows.map(({ mac, alias }) => [mac.toString('hex'), alias]));
  }

  /** Two processes may see a learner first at once: the account's key decides, the loser's alias
   *  is never used. Sorted, so that they cannot wait for each other in a circle. */
  async #allocate(fresh: readonly { mac: Buffer; provider: string }[]): Promise<void> {
    const sorted = fresh.toSorted((a, b) => a.mac.compare(b.mac));
    const aliases = sorted.map(() => newAlias());
    await this.#db.query(
      `with won as (
         insert into vault.account (mac, alias)
         select mac, alias from unnest($1::bytea[], $2::text[]) as new (mac, alias)
         on conflict (mac) do nothing returning alias
       )
       insert into vault.alias (alias, provider, wrapped_key)
       select new.alias, new.provider, new.wrapped_key
       from unnest($2::text[], $3::text[], $4::bytea[]) as new (alias, provider, wrapped_key)
       join won using (alias)`,
      [
        sorted.map(({ mac }) => mac),
        aliases,
        sorted.map(({ provider }) => provider),
        aliases.map((alias) => this.#newWrappedKey(alias)),
      ],
    );
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

  async #profileKey<T>(person: string, use: (key: Uint8Array) => T): Promise<T | undefined> {
    const [home] = await this.aliasesOf(person);
    if (home === undefined) return undefined;
    const [key] = await this.dataKeys([home]);
    return key && use(key);
  }
}
