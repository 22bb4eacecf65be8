import type { Row } from '../row.js';
import { append } from './append.js';

/** The table, in its order. */
export const rows: readonly Row[] = [append];
