import { createHash, randomBytes } from 'node:crypto';
import { newId } from '#kernel';
import type { Log, NewEntry, StoredEntry } from '../log.js';

export const mac = (text: string): Buffer => createHash('sha256').update(text).digest();

/** An intake event as recording appends it. */
export const intake = (
  eventId: string,
  content = 'x',
  time = '2026-05-01T10:00:00Z',
): NewEntry => ({
  id: newId('evt'),
  kind: 'learning-event',
  time: new Date(time),
  alias: 'urn:lrn:a',
  intake: { source: 'urn:llcl:a:b', eventId, contentMac: mac(content) },
  data: { eventSource: 'urn:llcl:a:b', eventId },
  sealed: randomBytes(50),
});

/** A fact of an aggregate. */
export const versioned = (stream: string, version: number): NewEntry => ({
  id: newId('evt'),
  kind: 'share-stopped',
  time: new Date('2026-05-01T10:00:00Z'),
  stream,
  version,
  data: { shareId: stream },
});

export const readAll = (log: Log): Promise<readonly StoredEntry[]> =>
  log.read({ after: -1, limit: 10_000 });

export const upTo = (count: number): number[] => [...Array(count).keys()];
