import type { VaultStore } from './vault-store.js';

/** What the vault's endpoint works with; injected by this symbol. */
export const VAULT_SERVICE = Symbol('vault service');

export interface VaultService {
  readonly store: VaultStore;
  readonly token: string;
}
