import type { Row } from '../row.js';
import { append, growth } from './append.js';
import { fsck } from './fsck.js';
import { postBatches, postSingle } from './post.js';
import { relay } from './relay.js';

/** The table, in its order. */
export const rows: readonly Row[] = [append, postBatches, postSingle, relay, growth, fsck];
