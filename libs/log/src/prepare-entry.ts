import { type Hmac, leafHash } from '#merkle';
import { encodeLeaf, type IntakeKeys, intakeKeys } from './leaf.js';
import type { NewEntry } from './log.js';

/** An entry whose bytes are settled; only its place in the log is not. */
export interface PreparedEntry {
  readonly entry: NewEntry;
  readonly recordedAt: Date;
  readonly leaf: Buffer;
  readonly leafHash: Buffer;
  readonly keys: IntakeKeys | undefined;
}

/**
 * Everything about an entry that needs no lock. Done as soon as append is called: what is wrong
 * with an entry is its caller's alone, and the database works on one group meanwhile.
 * Throws what encodeLeaf throws.
 */
export const prepareEntry = (entry: NewEntry, recordedAt: Date, identity: Hmac): PreparedEntry => {
  const { intake, time } = entry;
  const leaf = encodeLeaf(entry, recordedAt);
  const keys = intake && intakeKeys(identity, intake.source, intake.eventId, time);
  return { entry, recordedAt, leaf, leafHash: leafHash(leaf), keys };
};
