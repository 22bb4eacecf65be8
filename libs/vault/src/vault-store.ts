import type { ScopedIdentity, StoredProfile } from './vault.js';

/**
 * Where keys, names and aliases lie: PostgreSQL in the process that owns them, HTTP in the others.
 * Sealing and opening happen in the caller's process, so that content never travels to the vault.
 */
export interface VaultStore {
  aliasesFor(identities: readonly ScopedIdentity[]): Promise<readonly string[]>;
  createPerson(person: string): Promise<string>;
  aliasesOf(person: string): Promise<readonly string[]>;
  personsOf(aliases: readonly string[]): Promise<readonly (string | undefined)[]>;
  link(person: string, alias: string, version: number): Promise<void>;
  unlink(alias: string, version: number): Promise<void>;
  /** The 32-byte data key of each alias; undefined where it was destroyed or never was. */
  dataKeys(aliases: readonly string[]): Promise<readonly (Uint8Array | undefined)[]>;
  putProfile(person: string, profile: StoredProfile): Promise<void>;
  profile(person: string): Promise<StoredProfile | undefined>;
  destroy(person: string): Promise<readonly string[]>;
}
