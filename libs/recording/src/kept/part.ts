import type { Part } from '../part.js';
import { KeptErasure } from './kept-erasure.projection.js';
import { KeptSeals } from './kept-seals.js';
import { SealRefusedItems1764400020000 } from './migration.js';

/** What is kept for a while, and how an erasure reaches it. */
export const kept: Part = {
  controllers: [],
  providers: [KeptErasure, KeptSeals],
  migrations: [SealRefusedItems1764400020000],
  paths: {},
};
