import type { Row } from '../row.js';
import { append, growth } from './append.js';
import { fsck } from './fsck.js';
import { kafkaIntake } from './kafka-intake.js';
import { postBatches, postSingle } from './post.js';
import { relay } from './relay.js';

/** The table, in its order. */
export const rows: readonly Row[] = [
  append,
  postBatches,
  postSingle,
  kafkaIntake,
  relay,
  growth,
  fsck,
];
