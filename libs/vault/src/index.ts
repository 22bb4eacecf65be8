export { KeyRing } from './key-ring.js';
export { type ScopedIdentity, type Sealable, type StoredProfile, Vault } from './vault.js';
