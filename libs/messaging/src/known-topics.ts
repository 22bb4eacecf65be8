import type { DataSource, EntityManager } from 'typeorm';
import type { Lane } from './due.js';
import type { Kafka } from './kafka.js';
import type { MessagingLogger } from './logger.js';
import { BY_OFFSET } from './places.js';
import type { Progress } from './progress.js';

export interface KnownTopicsParts {
  readonly db: DataSource;
  readonly kafka: Kafka;
  readonly progress: Progress;
  readonly logger: MessagingLogger;
}

/**
 * Tells a topic of a reader from one of the same name that was deleted: by the id that Kafka gives
 * to each, which is kept beside the places. Offsets of the old one say nothing of the new one, so
 * that is read from its beginning: nobody takes in twice what is there again. Brokers that tell no
 * ids (before Kafka 2.8) leave this undone.
 */
export class KnownTopics {
  #topics: readonly string[] = [];
  #looking: Promise<ReadonlySet<string>> | undefined;

  constructor(
    private readonly reader: string,
    private readonly parts: KnownTopicsParts,
  ) {}

  /** Looks, now that these lanes are ours. Never throws. */
  joined(lanes: readonly Lane[]): void {
    this.#topics = [...new Set(lanes.map(({ topic }) => topic))];
    this.#looking = this.#look();
    this.#looking.catch(() => undefined);
  }

  /**
   * Whether a topic of our lanes was found to be another one; its places are forgotten then. Rejects
   * while Kafka or the database is away.
   */
  async isAnew(topic: string): Promise<boolean> {
    const looking = (this.#looking ??= this.#look());
    try {
      return (await looking).has(topic);
    } catch (error) {
      if (this.#looking === looking) this.#looking = undefined;
      throw error;
    }
  }

  async #look(): Promise<ReadonlySet<string>> {
    const { db, kafka, progress, logger } = this.parts;
    const ids = await kafka.topicIds(this.#topics);
    if (ids.size === 0) return new Set();
    const anew = await db.transaction((transaction) => recognise(transaction, this.reader, ids));
    if (anew.length > 0) {
      progress.beganAnew(this.reader, anew.length);
      logger.warn(
        { reader: this.reader, topics: anew },
        'topics were deleted and made anew: they are read from the beginning',
      );
    }
    return new Set(anew);
  }
}

/** Writes down which topics a reader reads. Out: those that are others than it has read so far. */
const recognise = async (
  transaction: EntityManager,
  reader: string,
  ids: ReadonlyMap<string, string>,
): Promise<readonly string[]> => {
  const topics = [...ids.keys()].toSorted();
  await transaction.query(
    `insert into messaging.topic_read (reader, topic, id)
     select $1, topic, id from unnest($2::text[], $3::text[]) as found (topic, id)
     order by topic on conflict do nothing`,
    [reader, topics, topics.map((topic) => ids.get(topic))],
  );
  const known = await transaction.query<{ topic: string; id: string }[]>(
    `select topic, id from messaging.topic_read where reader = $1 and topic = any($2)
     order by topic for update`,
    [reader, topics],
  );
  const others = known.filter(({ topic, id }) => ids.get(topic) !== id);
  for (const { topic, id } of others)
    await beginAnew(transaction, { reader, topic, before: id, now: ids.get(topic) ?? id });
  return others.map(({ topic }) => topic);
};

/** Forgets what was an offset of the topic before; where its letters came from stays told apart. */
const beginAnew = async (
  transaction: EntityManager,
  { reader, topic, before, now }: Readonly<Record<'reader' | 'topic' | 'before' | 'now', string>>,
): Promise<void> => {
  await transaction.query(
    'update messaging.topic_read set id = $3 where reader = $1 and topic = $2',
    [reader, topic, now],
  );
  await transaction.query(
    'delete from messaging.place where projection = $1 and topic = $2 and log = $3',
    [reader, topic, BY_OFFSET],
  );
  await transaction.query(
    'update messaging.place set next_offset = 0 where projection = $1 and topic = $2',
    [reader, topic],
  );
  await transaction.query(
    `update messaging.dead_letter l set log = $4
     where projection = $1 and topic = $2 and log = $3 and not exists (
       select from messaging.dead_letter o where o.log = $4
         and (o.projection, o.topic, o.partition, o.seq) = (l.projection, l.topic, l.partition, l.seq))`,
    [reader, topic, BY_OFFSET, `${BY_OFFSET}/${before}`],
  );
};
