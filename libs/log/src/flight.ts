import { DatabaseError } from 'pg';
import type { Tree } from '#merkle';
import type { Call } from './call-queue.js';
import { StateMovedError } from './log-state.js';

/** A group on its way into the database. */
export interface Flight {
  readonly calls: readonly Call[];
  /** What is unique about its entries. */
  readonly keys: ReadonlySet<string>;
  /** The tree as it is to leave it; undefined while its place is not given, or if it failed. */
  tree: Tree | undefined;
  /** Whether it may be committed although an error says it is not. */
  mayBeCommitted: boolean;
  /** Whether it was committed. Never rejects. */
  isCommitted: Promise<boolean>;
}

/** The group that this one goes on from was not committed. */
export class OvertakenError extends Error {
  constructor() {
    super('the group ahead was not committed');
  }
}

/** deadlock_detected, lock_not_available: another process had what it needed. */
const GIVEN_WAY = new Set(['40P01', '55P03']);

/** Whether a group behind another one failed only because it did not write alone. */
export const isOvertaken = (error: unknown): boolean =>
  error instanceof OvertakenError ||
  error instanceof StateMovedError ||
  (error instanceof DatabaseError && GIVEN_WAY.has(error.code ?? ''));

/** Whether a call needs no look at the log before its entries have their place. */
export const needsNoLook = ({ entries }: Call): boolean =>
  entries.every(({ entry }) => entry.stream === undefined);

/** By what the intake events of a call are known. */
export const keysOf = ({ entries }: Call): readonly string[] =>
  entries.flatMap(({ keys }) => (keys ? [keys.identity] : []));
