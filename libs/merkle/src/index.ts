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
