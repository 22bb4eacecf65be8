import { createSecretKey, type KeyObject } from 'node:crypto';
import { DomainError } from '#kernel';
import type { Hmac } from '#merkle';
import { contentMacOf, openBytes, sealBytes } from './sealing.js';
import {
  type Handover,
  type ScopedIdentity,
  type Sealable,
  type StoredProfile,
  Vault,
} from './vault.js';
import { canonical } from './canonical-identity.js';
import type { StoredKey, VaultStore } from './vault-store.js';

/**
 * The vault over a store, with the data keys kept for a short while: an erasure in another process
 * takes effect here after at most this time.
 */
export const KEY_CACHE_MS = 5_000;
const CACHE_SIZE_MAX = 20_000;
/** So many keys that will soon be asked for again are asked for along with one that is missing. */
const ALONG_MAX = 200;

/** A data key, and what is derived from it. */
interface DataKey {
  readonly sealing: KeyObject;
  /** When the account of the alias is theirs (see StoredKey). */
  readonly from: number;
  readonly until: number;
  mac?: Hmac;
}

interface CachedKey {
  readonly key: DataKey | undefined;
  readonly until: number;
  /** Whether it was asked for since it came. */
  isUsed: boolean;
}

export class CachedVault extends Vault {
  readonly #store: VaultStore;
  /** In the order in which they expire. */
  readonly #keys = new Map<string, CachedKey>();
  /** Aliases by who is meant: right for as long as the alias has its key, and the account. */
  readonly #aliases = new Map<string, string>();

  constructor(store: VaultStore) {
    super();
    this.#store = store;
  }

  async aliasesFor(identities: readonly ScopedIdentity[]): Promise<readonly string[]> {
    const aliases = await this.#cachedAliases(identities);
    const unknown = identities.filter((_, n) => aliases[n] === undefined);
    if (unknown.length === 0) return aliases.map((alias) => alias ?? '');
    const found = (await this.#store.aliasesFor(unknown)).values();
    if (this.#aliases.size + unknown.length > CACHE_SIZE_MAX) this.#aliases.clear();
    return identities.map((scoped, n) => {
      const alias = aliases[n] ?? found.next().value ?? '';
      const name = nameOf(scoped);
      if (name !== undefined) this.#aliases.set(name, alias);
      return alias;
    });
  }

  knownAliases(identities: readonly ScopedIdentity[]): Promise<readonly (string | undefined)[]> {
    return identities.length === 0 ? Promise.resolve([]) : this.#store.knownAliases(identities);
  }

  async handOver(handover: Handover): Promise<void> {
    await this.#store.handOver(handover);
    this.#keys.delete(handover.alias);
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

  providersOf(aliases: readonly string[]): Promise<readonly string[]> {
    return aliases.length === 0 ? Promise.resolve([]) : this.#store.providersOf(aliases);
  }

  link(person: string, alias: string, version: number): Promise<void> {
    return this.#store.link(person, alias, version);
  }

  unlink(alias: string, version: number): Promise<void> {
    return this.#store.unlink(alias, version);
  }

  merge(person: string, into: string, version: number): Promise<void> {
    return this.#store.merge(person, into, version);
  }

  split(person: string, version: number): Promise<void> {
    return this.#store.split(person, version);
  }

  samePerson(person: string): Promise<readonly string[]> {
    return this.#store.samePerson(person);
  }

  async seal(items: readonly (Sealable & { plaintext: object })[]): Promise<readonly Uint8Array[]> {
    const keys = await this.#dataKeys(items.map(({ alias }) => alias));
    return items.map(({ alias, context, plaintext }) => {
      const key = keys.get(alias);
      if (!key) throw new DomainError('event-erased');
      return sealBytes(key.sealing, `${context}|${alias}`, JSON.stringify(plaintext));
    });
  }

  async open(
    items: readonly (Sealable & { sealed: Uint8Array })[],
  ): Promise<readonly (object | undefined)[]> {
    const keys = await this.#dataKeys(items.map(({ alias }) => alias));
    return items.map(({ alias, context, sealed }) => {
      const key = keys.get(alias);
      if (!key) return undefined;
      const text = openBytes(key.sealing, `${context}|${alias}`, sealed).toString();
      return JSON.parse(text) as object;
    });
  }

  async contentMacs(
    items: readonly { alias: string; content: string }[],
  ): Promise<readonly (Uint8Array | undefined)[]> {
    const keys = await this.#dataKeys(items.map(({ alias }) => alias));
    return items.map(({ alias, content }) => {
      const key = keys.get(alias);
      return key && (key.mac ??= contentMacOf(key.sealing)).of(content);
    });
  }

  async areErased(aliases: readonly string[]): Promise<readonly boolean[]> {
    const keys = await this.#dataKeys(aliases);
    return aliases.map((alias) => keys.get(alias) === undefined);
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

  /**
   * Those in memory. One whose key has been destroyed is forgotten, as its learner gets another;
   * one who did not have the account then, or has it no longer, is not who is meant.
   */
  async #cachedAliases(
    identities: readonly ScopedIdentity[],
  ): Promise<readonly (string | undefined)[]> {
    const cached = identities.map((scoped) => {
      const name = nameOf(scoped);
      return name === undefined ? undefined : this.#aliases.get(name);
    });
    const keys = await this.#dataKeys(cached.filter((alias) => alias !== undefined));
    return cached.map((alias, n) => {
      const key = alias === undefined ? undefined : keys.get(alias);
      return key && isTheirs(key, identities[n]?.at) ? alias : undefined;
    });
  }

  async #dataKeys(aliases: readonly string[]): Promise<Map<string, DataKey | undefined>> {
    const now = Date.now();
    const found = new Map<string, DataKey | undefined>();
    const missing = new Set<string>();
    for (const alias of aliases) {
      const cached = this.#keys.get(alias);
      if (cached && cached.until > now) {
        cached.isUsed = true;
        found.set(alias, cached.key);
      } else missing.add(alias);
    }
    if (missing.size === 0) return found;
    const asked = [...new Set([...missing, ...this.#expiring(now)])];
    const keys = await this.#store.dataKeys(asked);
    if (this.#keys.size + asked.length > CACHE_SIZE_MAX) this.#keys.clear();
    asked.forEach((alias, n) => {
      const stored = keys[n];
      const key = stored && keyOf(stored, this.#keys.get(alias)?.key);
      this.#keys.delete(alias);
      this.#keys.set(alias, { key, until: now + KEY_CACHE_MS, isUsed: false });
      if (missing.has(alias)) found.set(alias, key);
    });
    return found;
  }

  /** Those in use that expire soon: a query for each would be most of what a single event costs. */
  #expiring(now: number): readonly string[] {
    const expiring: string[] = [];
    for (const [alias, cached] of this.#keys) {
      if (cached.until > now + KEY_CACHE_MS / 2 || expiring.length === ALONG_MAX) break;
      if (cached.isUsed) expiring.push(alias);
      else if (cached.until <= now) this.#keys.delete(alias);
      // Who asks while the answer is on its way need not ask for it, too.
      cached.isUsed = false;
    }
    return expiring;
  }
}

/** The key as it was known before, if it is the same: what is derived from it costs more than it. */
const keyOf = (stored: StoredKey, before: DataKey | undefined): DataKey => {
  const { bytes, from = -Infinity, until = Infinity } = stored;
  const sealing = createSecretKey(bytes);
  if (before?.from === from && before.until === until && before.sealing.equals(sealing))
    return before;
  return { sealing, from, until };
};

/** Whether the account was theirs then; without a time, whether it is now. */
const isTheirs = ({ from, until }: DataKey, at: number | undefined): boolean =>
  at === undefined ? until === Infinity : from <= at && at < until;

/** Tells identities apart; undefined for an alias, which the store must check. */
const nameOf = ({ provider, identity }: ScopedIdentity): string | undefined =>
  'alias' in identity ? undefined : JSON.stringify([provider, ...canonical(identity)]);
