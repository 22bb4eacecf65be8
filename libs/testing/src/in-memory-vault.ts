import { randomBytes } from 'node:crypto';
import { DomainError, newAlias } from '#kernel';
import {
  CachedVault,
  type Handover,
  type ScopedIdentity,
  type StoredKey,
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
  readonly from?: number | undefined;
  until?: number | undefined;
}

/** From when on an account leads to an alias. */
interface Period {
  readonly from: number;
  alias: string;
}

interface Person {
  readonly homeAlias: string;
  profile: StoredProfile | undefined;
  into: string | undefined;
  mergeVersion: number;
}

/** Keeps the promises of VaultStore without a database. */
class InMemoryVaultStore implements VaultStore {
  readonly #aliases = new Map<string, Known>();
  /** Earlier first. */
  readonly #accounts = new Map<string, readonly Period[]>();
  readonly #persons = new Map<string, Person>();

  aliasesFor(identities: readonly ScopedIdentity[]): Promise<readonly string[]> {
    // Promise.resolve().then: what is thrown arrives as a rejection, as from a database.
    return Promise.resolve().then(() => identities.map((scoped) => this.#aliasFor(scoped)));
  }

  knownAlias(scoped: ScopedIdentity): Promise<string | undefined> {
    return Promise.resolve().then(() =>
      'alias' in scoped.identity ? this.#aliasFor(scoped) : this.#periodOf(scoped)?.alias,
    );
  }

  handOver({ alias, next, from }: Handover): Promise<void> {
    const known = this.#aliases.get(alias);
    for (const [account, periods] of this.#accounts)
      if (known && known.until === undefined && periods.some((each) => each.alias === alias)) {
        known.until = from;
        this.#addAlias(next, known.provider, undefined, { from });
        this.#accounts.set(account, [...periods, { from, alias: next }]);
      }
    return Promise.resolve();
  }

  createPerson(person: string): Promise<string> {
    const known = this.#persons.get(person);
    if (known) return Promise.resolve(known.homeAlias);
    const homeAlias = this.#newAlias('self', person);
    this.#persons.set(person, {
      homeAlias,
      profile: undefined,
      into: undefined,
      mergeVersion: 0,
    });
    return Promise.resolve(homeAlias);
  }

  aliasesOf(person: string): Promise<readonly string[]> {
    const same = this.#same(person);
    const home = this.#persons.get(same[0] ?? '')?.homeAlias;
    if (home === undefined) return Promise.resolve([]);
    const all = [...this.#aliases].filter(
      ([, known]) => known.person !== undefined && same.includes(known.person) && known.key,
    );
    const others = all.map(([alias]) => alias).filter((alias) => alias !== home);
    return Promise.resolve(
      all.length === others.length ? others.toSorted() : [home, ...others.toSorted()],
    );
  }

  personsOf(aliases: readonly string[]): Promise<readonly (string | undefined)[]> {
    const personOf = (alias: string): string | undefined => {
      const known = this.#aliases.get(alias);
      return known?.key && known.person !== undefined ? this.#rootOf(known.person) : undefined;
    };
    return Promise.resolve(aliases.map(personOf));
  }

  samePerson(person: string): Promise<readonly string[]> {
    return Promise.resolve(this.#same(person));
  }

  providersOf(aliases: readonly string[]): Promise<readonly string[]> {
    const providers = aliases.flatMap((alias) => this.#aliases.get(alias)?.provider ?? []);
    const others = [...new Set(providers)].filter((provider) => provider !== 'self');
    return Promise.resolve(others.toSorted());
  }

  merge(person: string, into: string, version: number): Promise<void> {
    return this.#mergeOrSplit(person, into, version);
  }

  split(person: string, version: number): Promise<void> {
    return this.#mergeOrSplit(person, undefined, version);
  }

  link(person: string, alias: string, version: number): Promise<void> {
    return this.#decide(alias, person, version);
  }

  unlink(alias: string, version: number): Promise<void> {
    return this.#decide(alias, undefined, version);
  }

  dataKeys(aliases: readonly string[]): Promise<readonly (StoredKey | undefined)[]> {
    const stored = (alias: string): StoredKey | undefined => {
      const { key: bytes, from, until } = this.#aliases.get(alias) ?? {};
      return bytes && { bytes, from, until };
    };
    return Promise.resolve(aliases.map(stored));
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
    for (const [account, periods] of this.#accounts)
      this.#accounts.set(
        account,
        periods.flatMap((period) => this.#withoutErased(period, aliases)),
      );
    const known = this.#persons.get(person);
    if (known) known.profile = undefined;
    return Promise.resolve(aliases);
  }

  /** A name that had changed hands must not lead back to the one before. */
  #withoutErased(period: Period, erased: readonly string[]): readonly Period[] {
    if (!erased.includes(period.alias)) return [period];
    if (period.from === -Infinity) return [];
    const { provider = '', until } = this.#aliases.get(period.alias) ?? {};
    const alias = this.#addAlias(newAlias(), provider, undefined, { from: period.from, until });
    return [{ from: period.from, alias }];
  }

  #mergeOrSplit(person: string, into: string | undefined, version: number): Promise<void> {
    const known = this.#persons.get(person);
    if (known && known.mergeVersion < version) {
      known.into = into;
      known.mergeVersion = version;
    }
    return Promise.resolve();
  }

  #rootOf(person: string): string {
    const seen = new Set<string>();
    for (let at = person; !seen.has(at);) {
      seen.add(at);
      const into = this.#persons.get(at)?.into;
      if (into === undefined) return at;
      at = into;
    }
    return person;
  }

  #same(person: string): readonly string[] {
    if (!this.#persons.has(person)) return [];
    const root = this.#rootOf(person);
    const others = [...this.#persons.keys()].filter(
      (each) => each !== root && this.#rootOf(each) === root,
    );
    return [root, ...others.toSorted()];
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
    const known = this.#persons.get(this.#same(person)[0] ?? '');
    return known && this.#aliases.get(known.homeAlias)?.key ? known : undefined;
  }

  #newAlias(provider: string, person?: string): string {
    return this.#addAlias(newAlias(), provider, person, {});
  }

  #addAlias(
    alias: string,
    provider: string,
    person: string | undefined,
    held: Pick<Known, 'from' | 'until'>,
  ): string {
    const key = randomBytes(DATA_KEY_BYTES);
    this.#aliases.set(alias, { provider, person, linkVersion: 0, key, ...held });
    return alias;
  }

  #aliasFor(scoped: ScopedIdentity): string {
    const { provider, identity } = scoped;
    if ('alias' in identity) {
      const known = this.#aliases.get(identity.alias);
      if (!known?.key || known.provider !== provider) throw new DomainError('alias-unknown');
      return identity.alias;
    }
    const known = this.#periodOf(scoped);
    if (known) return known.alias;
    const account = accountOf(scoped);
    const periods = this.#accounts.get(account) ?? [];
    const alias = this.#addAlias(newAlias(), provider, undefined, { until: periods[0]?.from });
    this.#accounts.set(account, [{ from: -Infinity, alias }, ...periods]);
    return alias;
  }

  #periodOf(scoped: ScopedIdentity): Period | undefined {
    const { at = Infinity } = scoped;
    return this.#accounts.get(accountOf(scoped))?.findLast(({ from }) => from <= at);
  }
}

const accountOf = ({ provider, identity }: ScopedIdentity): string => {
  const name =
    'account' in identity
      ? [identity.account.homePage, identity.account.name]
      : Object.entries(identity).flat();
  return JSON.stringify([provider, ...name]);
};

/** A whole vault in memory: real keys and real sealing, nothing behind it. */
export const inMemoryVault = (): Vault => new CachedVault(new InMemoryVaultStore());
