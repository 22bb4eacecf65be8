import type { DataSource } from 'typeorm';
import { setTimeout as delay } from 'node:timers/promises';
import { DomainError, type Failpoint, failpoint } from '#kernel';
import type { Intake, Log, Projection } from '#log';
import { DeadLetters, type LetterReader } from './dead-letters.js';
import { Driver } from './driver.js';
import { WHOLE_LOG } from './due.js';
import { EmbeddedTransport } from './embedded-transport.js';
import { IntakeConsumer, type IntakeCounts } from './intake-consumer.js';
import { IntakeLetters } from './intake-letters.js';
import { IntakeReceipts } from './intake-receipts.js';
import type { Kafka } from './kafka.js';
import { KafkaRelay, type Relay, type RelayStatus } from './kafka-relay.js';
import { KafkaTransport } from './kafka-transport.js';
import { KafkaJsClient, type KafkaOptions, type KafkaSecurity } from './kafkajs/client.js';
import type { Lag } from './lags.js';
import type { Backoff } from './latch.js';
import type { MessagingLogger } from './logger.js';
import { Places } from './places.js';
import { Progress, type ProjectionStatus } from './progress.js';
import { ProjectionLetters } from './projection-letters.js';
import { forgetRelayState, publishedUpTo } from './relay-state.js';
import { RelayThread } from './relay-thread/relay-thread.js';
import { rebuild } from './rebuild.js';
import type { Transport } from './transport.js';

export interface MessagingOptions {
  readonly dataSource: DataSource;
  /** Where `dataSource` and `log` are: the relay has connections of its own. */
  readonly databaseUrl: string;
  readonly log: Log;
  readonly projections: readonly Projection[];
  /** Kafka only: takes in what clients write to topics of their own. */
  readonly intake?: Intake;
  /** Seals dead letters that hold what others wrote; 32 bytes. */
  readonly sealingKey: Uint8Array;
  /** Kafka bootstrap servers; empty: the embedded transport. */
  readonly brokers: readonly string[];
  /** Name of this service: its consumer groups and its client id begin with it. */
  readonly service: string;
  /** Kafka only: before the names of topics and groups. Default: nothing. */
  readonly topicPrefix?: string;
  /** Kafka only: how to sign in at the brokers. Default: in the clear, as nobody. */
  readonly security?: KafkaSecurity;
  readonly logger: MessagingLogger;
  /** RELAY_MAIN: the log is published by a thread of its own. By this one unless said. */
  readonly relayMain?: URL;
  /** For tests. Default: the client over kafkajs, as a relay's thread always has it. */
  readonly kafka?: Kafka;
  /** For tests. Default: this process' own. */
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
  readonly intake?: IntakeCounts;
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
  readonly #receipts: IntakeReceipts | undefined;

  constructor(private readonly options: MessagingOptions) {
    const { dataSource, projections, intake, sealingKey } = options;
    this.#projections = new Map(projections.map((projection) => [projection.name, projection]));
    if (this.#projections.size !== projections.length)
      throw new Error('two projections have the same name');
    this.#places = new Places(dataSource);
    const kafka = kafkaOf(options);
    const readers = [...this.#projections.keys()].concat(kafka && intake ? intake.name : []);
    this.#progress = new Progress(readers);
    const letterReaders = new Map<string, LetterReader>(
      projections.map((projection) => [projection.name, new ProjectionLetters(projection)]),
    );
    this.deadLetters = new DeadLetters(dataSource, letterReaders, sealingKey);
    if (!kafka) {
      this.#transport = new EmbeddedTransport(this.#parts());
      return;
    }
    this.#receipts = new IntakeReceipts(kafka, options.log.name);
    const letters = intake && new IntakeLetters(intake, this.#receipts, this.deadLetters);
    if (letters) letterReaders.set(intake.name, letters);
    this.#transport = new KafkaTransport(
      { ...this.#parts(), kafka, relay: this.#relayOver(kafka) },
      letters && this.#intakeConsumer(kafka, intake, letters, this.#receipts),
    );
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
    await this.#receipts?.close();
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
      ...(this.#transport.intake && { intake: this.#transport.intake }),
    };
  }

  /** The name of the intake, where this service has one and Kafka. */
  get intake(): string | undefined {
    return this.#receipts && this.options.intake?.name;
  }

  /**
   * Has intake topics read again from their oldest message. Nothing is recorded twice; all is
   * answered again.
   */
  async rereadIntake(): Promise<void> {
    if (this.intake === undefined) throw new DomainError('not-found', 'no intake over Kafka here');
    await this.#places.forget(this.intake);
    this.#transport.rewind([this.intake]);
  }

  /** Has the relay publish the log again from its beginning. Readers skip what they have. */
  async republish(): Promise<void> {
    if (!this.#transport.relay) throw new DomainError('not-found', 'no relay: there is no Kafka');
    await forgetRelayState(this.options.dataSource, this.options.log.name);
  }

  /** The last seq that the relay has published, whichever process it runs in; -1 for none. */
  published(): Promise<number> {
    return publishedUpTo(this.options.dataSource, this.options.log.name);
  }

  /** What waits for each reader of this service. Rejects while that cannot be known. */
  lags(): Promise<readonly Lag[]> {
    return this.#transport.lags();
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

  /** What either transport needs. */
  #parts() {
    const { dataSource: db, log, projections, logger, service, backoff } = this.options;
    const shared = { db, logger, places: this.#places, progress: this.#progress };
    const { deadLetters } = this;
    const points = { failpoint: this.options.failpoint ?? failpoint };
    const driver = new Driver({ ...shared, ...points, deadLetters, ...(backoff && { backoff }) });
    return { ...shared, ...points, log, projections, driver, service };
  }

  #relayOver(kafka: Kafka): Relay {
    const { log, databaseUrl, logger, relayMain } = this.options;
    if (relayMain)
      return new RelayThread(relayMain, {
        log,
        databaseUrl,
        kafka: kafkaOptionsOf(this.options),
        logger,
      });
    return new KafkaRelay({ ...this.#parts(), databaseUrl, kafka });
  }

  #intakeConsumer(
    kafka: Kafka,
    intake: Intake,
    letters: IntakeLetters,
    receipts: IntakeReceipts,
  ): IntakeConsumer {
    const { backoff } = this.options;
    const parts = { ...this.#parts(), kafka, letters, receipts };
    return new IntakeConsumer(intake, { ...parts, ...(backoff && { backoff }) });
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

const kafkaOf = (options: MessagingOptions): Kafka | undefined => {
  if (options.kafka) return options.kafka;
  if (options.brokers.length === 0) return undefined;
  return new KafkaJsClient(kafkaOptionsOf(options), options.logger);
};

const kafkaOptionsOf = (options: MessagingOptions): KafkaOptions => {
  const { brokers, service, topicPrefix, security } = options;
  return {
    brokers,
    service,
    ...(topicPrefix !== undefined && { topicPrefix }),
    ...(security && { security }),
  };
};
