import { DiscoveryService } from '@nestjs/core';
import type { Problem, Receipt, Tried } from '#contracts';

/** A message as somebody outside wrote it: nothing in it is known to be right. */
export interface IntakeMessage {
  /** Chosen by who wrote it; opaque, and given back with the answer. */
  readonly key: Uint8Array | null;
  /** In the order given, also where one is given twice. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly value: Uint8Array | null;
}

/** What became of a message, and the event that it named as far as that could be read. */
export interface IntakeAnswer {
  readonly result: Receipt | Problem | Tried;
  /** It came as a trial: whatever became of it, nothing of it is kept. */
  readonly isTrial?: boolean;
  readonly source?: string;
  readonly id?: string;
}

/** How many messages are let in, and how long the others wait at least. */
export interface Admitted {
  readonly messages: number;
  readonly waitMs: number;
}

/**
 * Takes in what registered clients write to topics of their own. Repeating a batch must be safe:
 * what was taken in before is answered as a duplicate, and changes nothing.
 */
export interface Intake {
  /** Stable: places and dead letters are kept under it. */
  readonly name: string;
  /** Ids of the clients that may write. */
  clients(): Promise<readonly string[]>;
  /**
   * How many of these messages of a client may be taken in now. The others are not refused: they
   * wait where they are. What is let in counts at once, and is not asked for again.
   * Throws UnavailableError while something it needs is away.
   */
  admit(client: string, messages: number): Promise<Admitted>;
  /**
   * Out: an answer to each message, in order, after the commit. `client` is whose topic it is; it
   * may be unknown, which is an answer too. Throws UnavailableError while something it needs is
   * away: then all of the batch comes again.
   */
  take(client: string, batch: readonly IntakeMessage[]): Promise<readonly IntakeAnswer[]>;
}

/** Marks a provider as an Intake, so that messaging finds it. */
export const IntakeHandler = DiscoveryService.createDecorator();
