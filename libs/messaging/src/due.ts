import type { Message } from '#contracts';

/** Why a message cannot be read, and its bytes as they came. */
export interface Unreadable {
  readonly detail: string;
  readonly raw: Uint8Array;
}

/** A message as a transport hands it over, in the order carried. */
export interface Carried {
  readonly log: string;
  readonly seq: number;
  /** The seq before this one in the same lane and log; -1 at the beginning. */
  readonly previous: number;
  /** Kafka only: the offset after this message. */
  readonly nextOffset?: number;
  readonly content: Message | Unreadable;
}

/** What carries messages in order: a partition of a topic or, embedded, the log itself. */
export interface Lane {
  readonly topic: string;
  readonly partition: number;
}

export const nameOfLane = ({ topic, partition }: Lane): string => `${topic}/${partition}`;

/** The last seq taken in, per log; a log that is not in it is at its beginning (-1). */
export type LanePlaces = ReadonlyMap<string, number>;

export const isUnreadable = (content: Message | Unreadable): content is Unreadable =>
  'raw' in content;

/**
 * What of a batch is new and may be taken in now. A message at or below its log's place was seen.
 * One whose `previous` lies above the place comes after something that is missing: it is passed
 * over and the place stays, so that nothing is ever skipped; `gaps` names its log, and the place.
 */
export const due = (
  places: LanePlaces,
  batch: readonly Carried[],
): { readonly ready: readonly Carried[]; readonly gaps: LanePlaces } => {
  const reached = new Map(places);
  const ready: Carried[] = [];
  const gaps = new Map<string, number>();
  for (const carried of batch) {
    const place = reached.get(carried.log) ?? -1;
    if (carried.seq <= place) continue;
    if (carried.previous > place) {
      gaps.set(carried.log, place);
      continue;
    }
    ready.push(carried);
    reached.set(carried.log, carried.seq);
  }
  return { ready, gaps };
};

/** The lane of the embedded transport. */
export const WHOLE_LOG: Lane = { topic: '*', partition: 0 };
