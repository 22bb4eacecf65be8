import type { DataSource } from 'typeorm';
import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '#kernel';
import type { Log, Projection } from '#log';
import { DeadLetters } from './dead-letters.js';
import { Driver } from './driver.js';
import { WHOLE_LOG } from './due.js';
import { EmbeddedTransport } from './embedded-transport.js';
import { type Failpoint, failpointFrom } from './failpoint.js';
import type { RelayStatus } from './kafka-relay.js';
import { KafkaTransport } from './kafka-transport.js';
import type { Backoff } from './latch.js';
import type { MessagingLogger } from './logger.js';
import { Places } from './places.js';
import { Progress, type ProjectionStatus } from './progress.js';
import { rebuild } from './rebuild.js';
import type { Transport } from './transport.js';

export interface MessagingOptions {
  readonly dataSource: DataSource;
  readonly log: Log;
  readonly projections: readonly Projection[];
  /** Kafka bootstrap servers; empty: the embedded transport. */
  readonly brokers: readonly string[];
  /** Name of this service: its consumer groups and its client id begin with it. */
  readonly service: string;
  /** Kafka only: before the names of topics and groups. Default: nothing. */
  readonly topicPrefix?: string;
  readonly logger: MessagingLogger;
  /** For tests. Default: what FAILPOINT says. */
  readonly failpoint?: Failpoint;
  readonly backoff?: Backoff;
}

export interface MessagingStatus {
  readonly transport: Transport['kind'];
  /** What it depends on is there. A projection that fails does not make it unready. */
  readonly isReady: boolean;
  readonly projections: readonly ProjectionStatus[];
  /** Kafka only. */
  readonly relay?: RelayStatus;
}

/** A handler that hangs is not waited for longer than this. */
const STOP_MAX_MS = 10_000;

/** Carries what the log holds to the projections of this process, each message once. */
export class Messaging {
  readonly deadLetters: DeadLetters;
  readonly #places: Places;
  readonly #progress: Progress;
  readonly #projections: ReadonlyMap<string, Projection>;
  readonly #transport: Transport;

  constructor(private readonly options: MessagingOptions) {
    const { dataSource, projections } = options;
    this.#projections = new Map(projections.map((projection) => [projection.name, projection]));
    if (this.#projections.size !== projections.length)
      throw new Error('two projections have the same name');
    this.#places = new Places(dataSource);
    this.#progress = new Progress([...this.#projections.keys()]);
    this.deadLetters = new DeadLetters(dataSource, this.#projections);
    this.#transport = this.#createTransport();
  }

  /** Call after the app's modules are ready: from now on projections run. */
  async start(): Promise<void> {
    await this.#leaveOtherTransport();
    await this.#transport.start();
  }

  /** Finishes what is in hand. Call before the database closes. */
  async stop(): Promise<void> {
    const given = new AbortController();
    await Promise.race([
      this.#transport.stop().finally(() => given.abort()),
      delay(STOP_MAX_MS, undefined, { signal: given.signal }).catch(() => undefined),
    ]);
  }

  /** Whether what messages travel by is there. */
  isHealthy(): boolean {
    return this.#transport.isReady;
  }

  status(): MessagingStatus {
    return {
      transport: this.#transport.kind,
      isReady: this.#transport.isReady,
      projections: this.#progress.all(),
      ...(this.#transport.relay && { relay: this.#transport.relay }),
    };
  }

  /**
   * Makes read models anew from the log; without names, all of this service. Returns once they are
   * empty; they fill while messaging runs, here or in another process of the service.
   * Throws DomainError `not-found` for a name that is not a projection of this service.
   */
  async rebuild(names: readonly string[] = [...this.#projections.keys()]): Promise<void> {
    const chosen = names.map((name) => {
      const projection = this.#projections.get(name);
      if (!projection) throw new DomainError('not-found', `no projection ${name}`);
      return projection;
    });
    await rebuild(this.options.dataSource, chosen);
    this.#transport.rewind(names);
  }

  #createTransport(): Transport {
    const { dataSource: db, log, projections, logger, backoff } = this.options;
    const failpoint = this.options.failpoint ?? failpointFrom(process.env['FAILPOINT']);
    const shared = { db, logger, places: this.#places, progress: this.#progress };
    const { deadLetters } = this;
    const driver = new Driver({ ...shared, deadLetters, failpoint, ...(backoff && { backoff }) });
    const parts = { ...shared, log, projections, driver };
    const { brokers, service, topicPrefix } = this.options;
    return brokers.length > 0
      ? new KafkaTransport({
          ...parts,
          brokers,
          service,
          failpoint,
          ...(topicPrefix !== undefined && { topicPrefix }),
        })
      : new EmbeddedTransport(parts);
  }

  /**
   * The two transports count places differently. What was filled through the other one is made anew:
   * slow, but always right.
   */
  async #leaveOtherTransport(): Promise<void> {
    const { dataSource, logger } = this.options;
    const isEmbedded = this.#transport.kind === 'embedded';
    const stale: string[] = [];
    for (const name of this.#projections.keys()) {
      const lanes = await this.#places.lanesOf(name);
      if (lanes.some(({ topic }) => (topic === WHOLE_LOG.topic) !== isEmbedded)) stale.push(name);
    }
    if (stale.length === 0) return;
    logger.warn({ projections: stale }, 'the transport changed: read models are made anew');
    await rebuild(
      dataSource,
      [...this.#projections.values()].filter(({ name }) => stale.includes(name)),
    );
  }
}

/** The relay and the transport of one service; see Messaging for start, stop and status. */
export const createMessaging = (options: MessagingOptions): Messaging => new Messaging(options);
