import type { Handover, ScopedIdentity, StoredProfile } from './vault.js';

/** The 32-byte data key of an alias, and when its account was theirs (milliseconds since 1970). */
export interface StoredKey {
  readonly bytes: Uint8Array;
  /** Absent: from the beginning. */
  readonly from?: number | undefined;
  /** Absent: until now. */
  readonly until?: number | undefined;
}

/**
 * Where keys, names and aliases lie: PostgreSQL in the process that owns them, HTTP in the others.
 * Sealing and opening happen in the caller's process, so that content never travels to the vault.
 */
export interface VaultStore {
  aliasesFor(identities: readonly ScopedIdentity[]): Promise<readonly string[]>;
  knownAlias(identity: ScopedIdentity): Promise<string | undefined>;
  handOver(handover: Handover): Promise<void>;
  createPerson(person: string): Promise<string>;
  aliasesOf(person: string): Promise<readonly string[]>;
  personsOf(aliases: readonly string[]): Promise<readonly (string | undefined)[]>;
  providersOf(aliases: readonly string[]): Promise<readonly string[]>;
  link(person: string, alias: string, version: number): Promise<void>;
  unlink(alias: string, version: number): Promise<void>;
  merge(person: string, into: string, version: number): Promise<void>;
  split(person: string, version: number): Promise<void>;
  samePerson(person: string): Promise<readonly string[]>;
  /** The data key of each alias; undefined where it was destroyed or never was. */
  dataKeys(aliases: readonly string[]): Promise<readonly (StoredKey | undefined)[]>;
  putProfile(person: string, profile: StoredProfile): Promise<void>;
  profile(person: string): Promise<StoredProfile | undefined>;
  destroy(person: string): Promise<readonly string[]>;
}
