import { DomainError } from '#kernel';
import { contentMac, openBytes, sealBytes } from './sealing.js';
import { type ScopedIdentity, type Sealable, type StoredProfile, Vault } from './vault.js';
import type { VaultStore } from './vault-store.js';

/**
 * The vault over a store, with the data keys kept for a short while: an erasure in another process
 * takes effect here after at most this time.
 */
export const KEY_CACHE_MS = 5_000;
const KEY_CACHE_SIZE_MAX = 20_000;

interface CachedKey {
  readonly key: Uint8Array | undefined;
  readonly until: number;
}

export class CachedVault extends Vault {
  readonly #store: VaultStore;
  readonly #keys = new Map<string, CachedKey>();

  constructor(store: VaultStore) {
    super();
    this.#store = store;
  }

  aliasesFor(identities: readonly ScopedIdentity[]): Promise<readonly string[]> {
    return identities.length === 0 ? Promise.resolve([]) : this.#store.aliasesFor(identities);
  }

  async createPerson(person: string): Promise<{ homeAlias: string }> {
    return { homeAlias: await this.#store.createPerson(person) };
  }

  aliasesOf(person: string): Promise<readonly string[]> {
    return this.#store.aliasesOf(person);
  }

  personsOf(aliases: readonly string[]): Promise<readonly (string | undefined)[]> {
    return aliases.length === 0 ? Promise.resolve([]) : this.#store.personsOf(aliases);
  }

  link(person: string, alias: string): Promise<void> {
    return this.#store.link(person, alias);
  }

  unlink(person: string, alias: string): Promise<void> {
    return this.#store.unlink(person, alias);
  }

  async seal(items: readonly (Sealable & { plaintext: object })[]): Promise<readonly Uint8Array[]> {
    const keys = await this.#dataKeys(items.map(({ alias }) => alias));
    return items.map(({ alias, context, plaintext }) => {
      const key = keys.get(alias);
      if (!key) throw new DomainError('event-erased');
      return sealBytes(key, `${context}|${alias}`, Buffer.from(JSON.stringify(plaintext)));
    });
  }

  async open(
    items: readonly (Sealable & { sealed: Uint8Array })[],
  ): Promise<readonly (object | undefined)[]> {
    const keys = await this.#dataKeys(items.map(({ alias }) => alias));
    return items.map(({ alias, context, sealed }) => {
      const key = keys.get(alias);
      if (!key) return undefined;
      const bytes = openBytes(key, `${context}|${alias}`, sealed);
      return JSON.parse(Buffer.from(bytes).toString()) as object;
    });
  }

  async contentMacs(
    items: readonly { alias: string; content: string }[],
  ): Promise<readonly (Uint8Array | undefined)[]> {
    const keys = await this.#dataKeys(items.map(({ alias }) => alias));
    return items.map(({ alias, content }) => {
      const key = keys.get(alias);
      return key && contentMac(key, content);
    });
  }

  putProfile(person: string, profile: StoredProfile): Promise<void> {
    return this.#store.putProfile(person, profile);
  }

  profile(person: string): Promise<StoredProfile | undefined> {
    return this.#store.profile(person);
  }

  async destroy(person: string): Promise<void> {
    for (const alias of await this.#store.destroy(person)) this.#keys.delete(alias);
  }

  async #dataKeys(aliases: readonly string[]): Promise<Map<string, Uint8Array | undefined>> {
    const now = Date.now();
    const found = new Map<string, Uint8Array | undefined>();
    const missing = new Set<string>();
    for (const alias of aliases) {
      const cached = this.#keys.get(alias);
      if (cached && cached.until > now) found.set(alias, cached.key);
      else missing.add(alias);
    }
    if (missing.size === 0) return found;
    const asked = [...missing];
    const keys = await this.#store.dataKeys(asked);
    if (this.#keys.size + asked.length > KEY_CACHE_SIZE_MAX) this.#keys.clear();
    asked.forEach((alias, n) => {
      this.#keys.set(alias, { key: keys[n], until: now + KEY_CACHE_MS });
      found.set(alias, keys[n]);
    });
    return found;
  }
}
