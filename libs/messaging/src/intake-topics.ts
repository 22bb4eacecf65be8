import { clientOfIntake, intakeTopicOf, receiptsTopicOf } from '#contracts';
import type { Intake } from '#log';
import { codeOf } from './failure.js';
import { type Kafka, TopicMisconfigured } from './kafka.js';
import { intakeTopics } from './kafka-topics.js';
import { Latch } from './latch.js';
import type { MessagingLogger } from './logger.js';

/** How soon the topics of a new client are there. */
const CLIENTS_LOOK_MS = 1_000;
/** How soon a topic is read that somebody else made. */
const TOPICS_LOOK_MS = 30_000;
const CLIENT_ID = /^[a-z0-9][a-z0-9-]{1,62}$/u;

/**
 * Which intake topics there are: those of the registered clients, created here, and any other with
 * such a name, so that what is written to it is answered and not forgotten after seven days.
 */
export class IntakeTopics {
  #clients: readonly string[] = [];
  #lookedAt = 0;
  #ids: ReadonlyMap<string, string> = new Map();
  readonly #latch = new Latch();

  constructor(
    private readonly intake: Intake,
    private readonly kafka: Kafka,
    private readonly logger: MessagingLogger,
  ) {}

  /** The intake topics of all clients known now, also before `prepare`. */
  async names(): Promise<readonly string[]> {
    const known = await this.intake.clients();
    return [...new Set([...this.#clients, ...known])].map(intakeTopicOf);
  }

  /** Makes sure that they are there, with those of the answers. Out: the intake topics. */
  async prepare(): Promise<readonly string[]> {
    const known = new Set(await this.intake.clients());
    this.#clients = await this.#look();
    this.#lookedAt = Date.now();
    for (const client of this.#clients)
      try {
        await this.kafka.ensureTopics(intakeTopics(client));
        if (known.has(client))
          await this.kafka.admit(client, {
            writes: intakeTopicOf(client),
            reads: receiptsTopicOf(client),
          });
      } catch (error) {
        if (!(error instanceof TopicMisconfigured)) throw error;
        this.logger.error({ reason: error.message }, 'an intake topic is not as it should be');
      }
    const topics = this.#clients.map(intakeTopicOf);
    this.#ids = await this.kafka.topicIds(topics);
    return topics;
  }

  /**
   * Returns when there are others than `prepare` found, of another name or of the same, or when
   * `signal` aborts.
   */
  async untilOthers(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#latch.wait(CLIENTS_LOOK_MS, signal);
      try {
        const isDue = Date.now() - this.#lookedAt > TOPICS_LOOK_MS;
        const now = isDue ? await this.#look() : await this.intake.clients();
        if (isDue) this.#lookedAt = Date.now();
        if (now.some((client) => !this.#clients.includes(client))) return;
        // A reader that was busy while one was deleted and made anew has not noticed.
        if (isDue && (await this.#isAnew())) return;
      } catch (error) {
        this.logger.debug({ code: codeOf(error) }, 'clients cannot be read for now');
      }
    }
  }

  async #isAnew(): Promise<boolean> {
    const now = await this.kafka.topicIds([...this.#ids.keys()]);
    return [...this.#ids].some(([topic, id]) => now.get(topic) !== id);
  }

  async #look(): Promise<readonly string[]> {
    const found = (await this.kafka.topics()).flatMap((topic) => clientOfIntake(topic) ?? []);
    const known = await this.intake.clients();
    return [...new Set([...known, ...found.filter((id) => CLIENT_ID.test(id))])].toSorted();
  }
}
