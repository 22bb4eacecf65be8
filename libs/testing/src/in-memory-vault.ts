import { randomBytes } from 'node:crypto';
import { DomainError, newAlias } from '#kernel';
import {
  CachedVault,
  type ScopedIdentity,
  type StoredProfile,
  type Vault,
  type VaultStore,
} from '#vault';

interface Held {
  key: Uint8Array | undefined;
  readonly provider: string;
  person: string | undefined;
}

/** A vault store in memory: the same contract, and the same sealing on top. */
export class InMemoryVaultStore implements VaultStore {
  readonly #aliases = new Map<string, Held>();
  readonly #accounts = new Map<string, string>();
  readonly #persons = new Map<string, { homeAlias: string; profile: StoredProfile | undefined }>();

  aliasesFor(identities: readonly ScopedIdentity[]): Promise<readonly string[]> {
    return Promise.resolve(identities.map((identity) => this.#aliasFor(identity)));
  }

  createPerson(person: string): Promise<string> {
    const known = this.#persons.get(person);
    if (known) return Promise.resolve(known.homeAlias);
    const homeAlias = newAlias();
    this.#aliases.set(homeAlias, { key: randomBytes(32), provider: 'self', person });
    this.#persons.set(person, { homeAlias, profile: undefined });
    return Promise.resolve(homeAlias);
  }

  aliasesOf(person: string): Promise<readonly string[]> {
    const home = this.#persons.get(person)?.homeAlias;
    const aliases = [...this.#aliases]
      .filter(([, held]) => held.person === person && held.key)
      .map(([alias]) => alias)
      .toSorted((a, b) => Number(b === home) - Number(a === home) || a.localeCompare(b));
    return Promise.resolve(home === undefined ? [] : aliases);
  }

  personsOf(aliases: readonly string[]): Promise<readonly (string | undefined)[]> {
    return Promise.resolve(
      aliases.map((alias) => {
        const held = this.#aliases.get(alias);
        return held?.key ? held.person : undefined;
      }),
    );
  }

  link(person: string, alias: string): Promise<void> {
    const held = this.#aliases.get(alias);
    if (held?.key) held.person = person;
    return Promise.resolve();
  }

  unlink(person: string, alias: string): Promise<void> {
    const held = this.#aliases.get(alias);
    const isHome = this.#persons.get(person)?.homeAlias === alias;
    if (held?.person === person && !isHome) held.person = undefined;
    return Promise.resolve();
  }

  dataKeys(aliases: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    return Promise.resolve(aliases.map((alias) => this.#aliases.get(alias)?.key));
  }

  putProfile(person: string, profile: StoredProfile): Promise<void> {
    const known = this.#persons.get(person);
    if (!known) return Promise.reject(new DomainError('not-found'));
    known.profile = profile;
    return Promise.resolve();
  }

  profile(person: string): Promise<StoredProfile | undefined> {
    return Promise.resolve(this.#persons.get(person)?.profile);
  }

  destroy(person: string): Promise<readonly string[]> {
    const aliases = [...this.#aliases]
      .filter(([, held]) => held.person === person)
      .map(([alias]) => alias);
    for (const alias of aliases) {
      const held = this.#aliases.get(alias);
      if (held) held.key = undefined;
    }
    for (const [account, alias] of this.#accounts)
      if (aliases.includes(alias)) this.#accounts.delete(account);
    const known = this.#persons.get(person);
    if (known) known.profile = undefined;
    return Promise.resolve(aliases);
  }

  #aliasFor({ provider, identity }: ScopedIdentity): string {
    if ('alias' in identity) {
      const held = this.#aliases.get(identity.alias);
      if (!held?.key || held.provider !== provider) throw new DomainError('alias-unknown');
      return identity.alias;
    }
    const account = JSON.stringify([provider, identity]);
    const known = this.#accounts.get(account);
    if (known !== undefined) return known;
    const alias = newAlias();
    this.#accounts.set(account, alias);
    this.#aliases.set(alias, { key: randomBytes(32), provider, person: undefined });
    return alias;
  }
}

/** A vault for tests: real sealing, nothing on disk. */
export const inMemoryVault = (): Vault => new CachedVault(new InMemoryVaultStore());
