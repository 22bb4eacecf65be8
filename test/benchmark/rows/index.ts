import type { Row } from '../row.js';
import { accumulation } from './accumulation.js';
import { append, growth } from './append.js';
import { fsck } from './fsck.js';
import { importRows } from './import.js';
import { kafkaIntake } from './kafka-intake.js';
import { postBatches, postSingle } from './post.js';
import { relay } from './relay.js';
import { xapiBatches, xapiById, xapiSearch, xapiSingle } from './xapi.js';
import { walletEmbedded, walletKafka } from './wallet.js';

/** The table, in its order. */
export const rows: readonly Row[] = [
  append,
  postBatches,
  postSingle,
  importRows,
  kafkaIntake,
  relay,
  accumulation,
  walletEmbedded,
  walletKafka,
  growth,
  fsck,
  xapiBatches,
  xapiSingle,
  xapiById,
  xapiSearch,
];
