import type { Row } from '../row.js';
import { append } from './append.js';
import { postBatches, postSingle } from './post.js';

/** The table, in its order. */
export const rows: readonly Row[] = [append, postBatches, postSingle];
