import { type Hmac, leafHash } from '#merkle';
import { type IntakeKeys, intakeKeys } from './leaf.js';
import type { EncodedEntry } from './log-writer.js';

/** An entry of which only its place in the log is not settled. */
export interface PreparedEntry extends EncodedEntry {
  readonly recordedAt: Date;
  readonly leafHash: Buffer;
  readonly keys: IntakeKeys | undefined;
}

/**
 * Everything about an entry that needs no lock. Done as soon as it is to be written: the database
 * works on one group meanwhile.
 */
export const prepareEntry = (
  { entry, leaf }: EncodedEntry,
  recordedAt: Date,
  identity: Hmac,
): PreparedEntry => {
  const { intake, time } = entry;
  const keys = intake && intakeKeys(identity, intake.source, intake.eventId, time);
  return { entry, recordedAt, leaf, leafHash: leafHash(leaf), keys };
};
