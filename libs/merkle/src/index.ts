export { canonicalJson } from './canonical-json.js';
export { EMPTY_ROOT, HASH_BYTES, leafHash, nodeHash } from './hash.js';
export {
  consistencyProof,
  type HashReader,
  inclusionProof,
  rootAt,
  type Subtree,
} from './proof.js';
export { TILE_HEIGHT, tileReader, type TileSource } from './tile-reader.js';
export { decodeEdge, type Edge, encodeEdge, type Tile, TILE_WIDTH, Tree } from './tree.js';
export { verifyConsistency, verifyInclusion } from './verify.js';
export { type Checkpoint, formatCheckpoint, parseCheckpoint } from './checkpoint.js';
export {
  formatVerifierKey,
  type NoteKey,
  noteKey,
  openNote,
  parseVerifierKey,
  signNote,
} from './signed-note.js';
