import './scoped-context-cache.js';

export {
  type AchievementCredentialParts,
  type AchievementParts,
  buildAchievementCredential,
} from './achievement-credential.js';
export {
  type ControllerDocument,
  didDocument,
  type PublicKey,
  type Resolution,
  type ResolveController,
  type VerificationMethod,
} from './controller-document.js';
export { sha256OfJson } from './contexts.js';
export { type Finding, type FindingCode, type Findings } from './findings.js';
export { ed25519Signer, generateIssuerKey, type IssuerKey, type Signer } from './issuer-key.js';
export {
  type AchievementStatement,
  readAchievementCredential,
} from './read-achievement-credential.js';
export { type Credential, signCredential } from './sign-credential.js';
export {
  buildStatusListCredential,
  readPublishedStatus,
  readStatus,
  STATUS_LIST_LENGTH,
} from './status-list.js';
export { issuerIdOf, verifyCredential } from './verify-credential.js';
