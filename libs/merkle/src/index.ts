export { canonicalJson } from './canonical-json.js';
export { EMPTY_ROOT, HASH_BYTES, leafHash, nodeHash } from './hash.js';
export { Hmac } from './hmac.js';
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
export { decodeBundle, encodeBundle } from './entry-bundle.js';
export {
  cosignNote,
  formatVerifierKey,
  keepSignatures,
  type NoteKey,
  noteKey,
  notePrivateKey,
  openNote,
  parseVerifierKey,
  readNote,
  signNote,
  splitNote,
} from './signed-note.js';
export { formatTilePath, parseTilePath, type TileName, tileWidthAt } from './tile-path.js';
export { formatTlogProof, parseHash, parseTlogProof, type TlogProof } from './tlog-proof.js';
