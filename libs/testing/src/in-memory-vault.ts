import { randomBytes } from 'node:crypto';
import { DomainError, newAlias } from '#kernel';
import {
  CachedVault,
  type ScopedIdentity,
  type StoredProfile,
  type Vault,
  type VaultStore,
} from '#vault';

const DATA_KEY_BYTES = 32;

interface Known {
  readonly provider: string;
  person: string | undefined;
  linkVersion: number;
  /** Undefined once it was destroyed. */
  key: Uint8Array | undefined;
}

interface Person {
  readonly homeAlias: string;
  profile: StoredProfile | undefined;
}

/** Keeps the promises of VaultStore without a database. */
class InMemoryVaultStore implements VaultStore {
  readonly #aliases = new Map<string, Known>();
  readonly #accounts = new Map<string, string>();
  readonly #persons = new Map<string, Person>();

  aliasesFor(identities: readonly ScopedIdentity[]): Promise<readonly string[]> {
    // Promise.resolve().then: what is thrown arrives as a rejection, as from a database.
    return Promise.resolve().then(() => identities.map((scoped) => this.#aliasFor(scoped)));
  }

  createPerson(person: string): Promise<string> {
    const known = this.#persons.get(person);
    if (known) return Promise.resolve(known.homeAlias);
    const homeAlias = this.#newAlias('self', person);
    this.#persons.set(person, { homeAlias, profile: undefined });
    return Promise.resolve(homeAlias);
  }

  aliasesOf(person: string): Promise<readonly string[]> {
    const home = this.#persons.get(person)?.homeAlias;
    if (home === undefined) return Promise.resolve([]);
    const all = [...this.#aliases].filter(([, known]) => known.person === person && known.key);
    const others = all.map(([alias]) => alias).filter((alias) => alias !== home);
    return Promise.resolve(
      all.length === others.length ? others.toSorted() : [home, ...others.toSorted()],
    );
  }

  personsOf(aliases: readonly string[]): Promise<readonly (string | undefined)[]> {
    const personOf = (alias: string): string | undefined => {
      const known = this.#aliases.get(alias);
      return known?.key && known.person;
    };
    return Promise.resolve(aliases.map(personOf));
  }

  link(person: string, alias: string, version: number): Promise<void> {
    return this.#decide(alias, person, version);
  }

  unlink(alias: string, version: number): Promise<void> {
    return this.#decide(alias, undefined, version);
  }

  dataKeys(aliases: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    return Promise.resolve(aliases.map((alias) => this.#aliases.get(alias)?.key));
  }

  putProfile(person: string, profile: StoredProfile): Promise<void> {
    const known = this.#living(person);
    if (!known) return Promise.reject(new DomainError('not-found'));
    known.profile = { ...profile };
    return Promise.resolve();
  }

  profile(person: string): Promise<StoredProfile | undefined> {
    return Promise.resolve(this.#living(person)?.profile);
  }

  destroy(person: string): Promise<readonly string[]> {
    const destroyed = [...this.#aliases].filter(([, known]) => known.person === person);
    for (const [, known] of destroyed) known.key = undefined;
    const aliases = destroyed.map(([alias]) => alias);
    for (const [account, alias] of this.#accounts)
      if (aliases.includes(alias)) this.#accounts.delete(account);
    const known = this.#persons.get(person);
    if (known) known.profile = undefined;
    return Promise.resolve(aliases);
  }

  #decide(alias: string, person: string | undefined, version: number): Promise<void> {
    const known = this.#aliases.get(alias);
    const isHome = [...this.#persons.values()].some(({ homeAlias }) => homeAlias === alias);
    if (known?.key && !isHome && known.linkVersion < version) {
      known.person = person;
      known.linkVersion = version;
    }
    return Promise.resolve();
  }

  #living(person: string): Person | undefined {
    const known = this.#persons.get(person);
    return known && this.#aliases.get(known.homeAlias)?.key ? known : undefined;
  }

  #newAlias(provider: string, person?: string): string {
    const alias = newAlias();
    this.#aliases.set(alias, {
      provider,
      person,
      linkVersion: 0,
      key: randomBytes(DATA_KEY_BYTES),
    });
    return alias;
  }

  #aliasFor({ provider, identity }: ScopedIdentity): string {
    if ('alias' in identity) {
      const known = this.#aliases.get(identity.alias);
      if (!known?.key || known.provider !== provider) throw new DomainError('alias-unknown');
      return identity.alias;
    }
    const name =
      'account' in identity
        ? [identity.account.homePage, identity.account.name]
        : Object.entries(identity).flat();
    const account = JSON.stringify([provider, ...name]);
    const alias = this.#accounts.get(account) ?? this.#newAlias(provider);
    this.#accounts.set(account, alias);
    return alias;
  }
}

/** A whole vault in memory: real keys and real sealing, nothing behind it. */
export const inMemoryVault = (): Vault => new CachedVault(new InMemoryVaultStore());
