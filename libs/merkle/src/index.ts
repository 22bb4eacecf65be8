export { canonicalJson } from './canonical-json.js';
export { EMPTY_ROOT, HASH_BYTES, leafHash, nodeHash } from './hash.js';
export { decodeEdge, type Edge, encodeEdge, type Tile, TILE_WIDTH, Tree } from './tree.js';
