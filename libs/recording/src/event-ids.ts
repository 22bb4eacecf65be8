import { createHmac, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { KeyRing } from '#vault';
import type { Submission } from './content.js';
import { inUtc, type Moment } from './domain/report.js';

const HASH_ID_HEX = 40;

interface EventReference {
  readonly source: string;
  readonly id: string;
}

export interface EventId {
  readonly eventId: string;
  /** False where a repeat cannot be told from a new event. */
  readonly isTellable: boolean;
}

/** By what an event is known: the provider's id, one derived from what it says, or a new one. */
@Injectable()
export class EventIds {
  readonly #key: Uint8Array;

  constructor(@Inject(KeyRing) keyRing: KeyRing) {
    this.#key = keyRing.secret('event-id');
  }

  of({ report, content, idStyle }: Submission, alias: string | undefined): EventId {
    if (report.id !== undefined) return { eventId: report.id, isTellable: true };
    const [time] = report.times;
    if (time === undefined) return { eventId: randomUUID(), isTellable: false };
    const hex = this.#mac(['event', report.source, alias ?? '', inUtc(time), content]).toString(
      'hex',
    );
    const eventId = idStyle === 'uuid' ? uuid(hex) : `h-${hex.slice(0, HASH_ID_HEX)}`;
    return { eventId, isTellable: true };
  }

  /** An id from a key that only means something to one learner. */
  ofIdempotencyKey(alias: string, key: string): string {
    return `k-${this.#mac(['key', alias, key]).toString('hex').slice(0, HASH_ID_HEX)}`;
  }

  /** The id of one state of a result that changes: the same for the same state, said again. */
  ofSeries(stream: string, time: Moment, content: string): string {
    const hex = this.#mac(['in-series', stream, inUtc(time), content]).toString('hex');
    return `s-${hex.slice(0, HASH_ID_HEX)}`;
  }

  /**
   * The stream of which one event only can be version 1: the correction of an event, an event that
   * is a void, the first of a series. So the log itself refuses a second correction.
   */
  streamOf(what: 'correction' | 'void' | 'series', { source, id }: EventReference): string {
    return `${what}-${this.#mac([what, source, id]).toString('hex').slice(0, HASH_ID_HEX)}`;
  }

  /** Compares voids. They hold nothing personal, so no learner's key is needed. */
  voidMac(content: string): Uint8Array {
    return this.#mac(['void', content]);
  }

  /** Keyed: ids are readable in the log, and what they are made of could be guessed. */
  #mac(parts: readonly string[]): Buffer {
    return createHmac('sha256', this.#key).update(JSON.stringify(parts)).digest();
  }
}

/** A UUID of version 8 (RFC 9562 §5.8) from 128 bits of a hash. */
const uuid = (hex: string): string => {
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
};
