import type { EntityManager } from 'typeorm';
import { DiscoveryService } from '@nestjs/core';
import type { Message, Topic } from '#contracts';

/** The transaction in which a projection's effect and its reader's place commit together. */
export type Transaction = EntityManager;

/**
 * Turns messages into a read model, or into commands (a policy). Batches come in order per learner;
 * each message once, as the effect and the place commit in one transaction. What a policy appends
 * to a log commits by itself, so it must be safe to repeat (its decider returns nothing).
 * A DomainError or a schema error sends the one message to the dead letters; anything else is
 * retried in order.
 */
export interface Projection {
  /** Stable: the reader's place is kept under it. */
  readonly name: string;
  readonly topics: readonly Topic[];
  /** Tables (schema-qualified) that a rebuild empties first. */
  readonly tables: readonly string[];
  handle(batch: readonly Message[], transaction: Transaction): Promise<void>;
}

/** Marks a provider as a Projection, so that messaging finds it. */
export const ProjectionHandler = DiscoveryService.createDecorator();
