export { checkMetaLog } from './check-meta-log.js';
export { MetaLog } from './meta-log.js';
export { OwnLog } from './own-log.js';
export { openCheckpoint, RemoteLog, type SignedCheckpoint } from './remote-log.js';
export { parseVerifierKeys, parseWitnesses, type TransparencySettings } from './settings.js';
export { checkpointKeyOf, storedCheckpoints } from './stored-checkpoints.js';
export { transparency } from './transparency.module.js';
export { recomputeLog, verifyLog } from './verify-log.js';
