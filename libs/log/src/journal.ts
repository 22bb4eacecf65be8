import type { DomainEvent } from '#kernel';
import type { Appended } from './log.js';
import type { EntryKind, Fact, Message } from '#contracts';

/** A fact on its way into the log; `personal` is sealed under the alias. */
export interface NewFact<Kind extends EntryKind = EntryKind> {
  readonly kind: Kind;
  readonly data: Fact<Kind>['data'];
  readonly personal?: Fact<Kind>['personal'];
  /** Required where there is a personal part. */
  readonly alias?: string;
  readonly provider?: string;
  readonly time?: Date;
  readonly stream?: string;
  readonly version?: number;
}

/**
 * What contexts write to and read aggregates from: seals on the way in, opens on the way out, and
 * checks both against the published schema of the kind.
 */
export abstract class Journal {
  /** Appends facts atomically. Throws ConcurrencyError as Log.append does. */
  abstract append(facts: readonly NewFact[]): Promise<readonly Appended[]>;

  /** The history of an aggregate, opened. Facts whose key was destroyed have no `personal`. */
  abstract history(stream: string): Promise<readonly (DomainEvent & { readonly id: string })[]>;

  /** Opens the personal parts of messages, in order; undefined where the key was destroyed. */
  abstract open(messages: readonly Message[]): Promise<readonly (object | undefined)[]>;
}
