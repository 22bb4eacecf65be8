import type { DataSource } from 'typeorm';
import type { Projection } from '#log';
import { codeOf } from './failure.js';
import { type ConsumerParts, ProjectionConsumer } from './kafka-consumer.js';
import { logTopics } from './kafka-topics.js';
import { type IntakeConsumer, type IntakeCounts, NOTHING_TAKEN } from './intake-consumer.js';
import type { Kafka } from './kafka.js';
import type { Relay, RelayStatus } from './kafka-relay.js';
import { type Lag, LagMeter } from './lags.js';
import { BACKOFF, Latch, pauseBefore } from './latch.js';
import type { Transport } from './transport.js';

export interface KafkaParts extends ConsumerParts {
  readonly db: DataSource;
  readonly projections: readonly Projection[];
  readonly relay: Relay;
}

/** How often it looks whether another process of the service has ordered a rebuild. */
const WATCH_MS = 1_000;

/** The relay of this service's log, and a reader per projection. */
export class KafkaTransport implements Transport {
  readonly kind = 'kafka';
  readonly #kafka: Kafka;
  readonly #lags: LagMeter;
  readonly #relay: Relay;
  readonly #consumers: readonly ProjectionConsumer[];
  readonly #stopping = new AbortController();
  #running: Promise<unknown> | undefined;

  constructor(
    private readonly parts: KafkaParts,
    private readonly intakeConsumer?: IntakeConsumer,
  ) {
    this.#kafka = parts.kafka;
    this.#lags = new LagMeter(parts.kafka, parts.places);
    this.#relay = parts.relay;
    this.#consumers = parts.projections.map(
      (projection) => new ProjectionConsumer(projection, parts),
    );
  }

  get isReady(): boolean {
    return (
      this.#kafka.isUp &&
      ['leading', 'waiting'].includes(this.#relay.status.role) &&
      this.#consumers.every(({ isJoined }) => isJoined)
    );
  }

  get relay(): RelayStatus {
    return this.#relay.status;
  }

  get intake(): IntakeCounts {
    return this.intakeConsumer?.counts ?? NOTHING_TAKEN;
  }

  async lags(): Promise<readonly Lag[]> {
    const readers = this.#consumers.map(({ name, topics }) => ({ name, topics }));
    const intake = this.intakeConsumer;
    if (intake) readers.push({ name: intake.name, topics: await intake.topics() });
    return this.#lags.measure(readers);
  }

  /** Returns at once: whatever is away is waited for behind. */
  start(): Promise<void> {
    const { signal } = this.#stopping;
    this.#running = Promise.all([this.#kafka.watch(signal), this.#work(signal)]);
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  rewind(projections: readonly string[]): void {
    for (const consumer of this.#consumers)
      if (projections.includes(consumer.name)) consumer.rewind();
    const intake = this.intakeConsumer;
    if (intake && projections.includes(intake.name)) intake.rewind();
  }

  async #work(signal: AbortSignal): Promise<void> {
    await this.#prepareTopics(signal);
    await Promise.all([
      this.#relay.run(signal),
      this.#watchPlaces(signal),
      ...this.#consumers.map((consumer) => consumer.run(signal)),
      this.intakeConsumer?.run(signal),
    ]);
  }

  async #prepareTopics(signal: AbortSignal): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt += 1)
      try {
        await this.#kafka.ensureTopics(logTopics);
        return;
      } catch (error) {
        const level = codeOf(error) === 'topic-misconfigured' ? 'error' : 'debug';
        const reason = level === 'error' ? (error as Error).message : undefined;
        this.parts.logger[level]({ code: codeOf(error), reason }, 'the topics are not ready');
        await pauseBefore(attempt, { ...BACKOFF, mostMs: 3_000 }, signal);
      }
  }

  /** Places disappear only by a rebuild. */
  async #watchPlaces(signal: AbortSignal): Promise<void> {
    const latch = new Latch();
    let before: ReadonlyMap<string, number> = new Map();
    while (!signal.aborted) {
      try {
        const now = await this.parts.places.countLanes();
        this.rewind(
          [...before].filter(([name, n]) => (now.get(name) ?? 0) < n).map(([name]) => name),
        );
        before = now;
      } catch (error) {
        this.parts.logger.debug({ code: codeOf(error) }, 'places cannot be read for now');
      }
      await latch.wait(WATCH_MS, signal);
    }
  }
}
