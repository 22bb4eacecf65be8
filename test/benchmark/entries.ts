import { randomBytes, randomUUID } from 'node:crypto';
import type { NewEntry } from '#log';

/** Learners that are known before anything is measured. */
export const LEARNERS = 2_000;
const aliases = Array.from({ length: LEARNERS }, () => `lrn_${randomBytes(20).toString('hex')}`);
/** Makes a leaf of about 1 KB. */
const SEALED_BYTES = 470;

let made = 0;

/** Entries as the recorder appends them; events happen one after the other, some are late. */
export const entries = (count: number): NewEntry[] =>
  Array.from({ length: count }, () => {
    made += 1;
    const eventId = randomUUID();
    const source = 'urn:llcl:bench:system';
    return {
      id: `evt_${randomBytes(16).toString('hex')}`,
      kind: 'learning-event',
      time: new Date(Date.now() - (made % 50 === 0 ? 86_400_000 : 0)),
      provider: 'bench',
      alias: aliases[made % LEARNERS] ?? '',
      intake: { source, eventId, contentMac: randomBytes(32) },
      data: { eventSource: source, eventId },
      sealed: randomBytes(SEALED_BYTES),
    };
  });
