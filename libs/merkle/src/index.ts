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
  cosignatureTypeOf,
  formatVerifierKey,
  type NoteKey,
  noteKey,
  notePrivateKey,
  parseVerifierKey,
} from './note-keys.js';
export {
  cosignedAt,
  cosignNote,
  keepSignatures,
  openNote,
  readNote,
  signNote,
  splitNote,
} from './signed-note.js';
export { formatTilePath, parseTilePath, type TileName, tileWidthAt } from './tile-path.js';
export { formatTlogProof, parseHash, parseTlogProof, type TlogProof } from './tlog-proof.js';
