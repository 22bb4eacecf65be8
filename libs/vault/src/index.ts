export { CachedVault, KEY_CACHE_MS } from './cached-vault.js';
export { HttpVaultStore } from './http-vault-store.js';
export { FileKeyRing, KeyRing } from './key-ring.js';
export { makeFolder, makeSecretFile, syncFolder } from './secret-file.js';
export { vaultMigrations } from './migrations.js';
export { PostgresVaultStore } from './postgres-vault-store.js';
export { openBytes, sealBytes } from './sealing.js';
export {
  type Handover,
  type ScopedIdentity,
  type Sealable,
  type StoredProfile,
  Vault,
} from './vault.js';
export { vaultService } from './vault-service.js';
export { type StoredKey, type VaultStore } from './vault-store.js';
