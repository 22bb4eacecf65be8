import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Admin } from 'kafkajs';
import { PARTITIONS } from '#contracts';

/** An entry is far smaller; a batch of the relay is not larger. */
export const RECORD_BYTES_MAX = 4 * 1024 * 1024;
const REPLICAS = 3;
const SERVED_TRIES_MAX = 50;
const SERVED_RETRY_MS = 100;

/** Nothing is ever deleted or compacted: a new projection reads from the beginning. */
const KEPT = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' };

/** A topic exists with settings under which events could be lost or come in another order. */
export class TopicMisconfigured extends Error {
  override readonly name = 'TopicMisconfigured';
  readonly code = 'topic-misconfigured';
}

/**
 * Creates the topics that are missing and checks those that exist. Three replicas of which two must
 * confirm where there are three brokers; one otherwise. Throws TopicMisconfigured.
 */
export const ensureTopics = async (admin: Admin, topics: readonly string[]): Promise<void> => {
  const { brokers } = await admin.describeCluster();
  const isReplicated = brokers.length >= REPLICAS;
  const existing = new Set(await admin.listTopics());
  const settings = {
    ...KEPT,
    'min.insync.replicas': isReplicated ? '2' : '1',
    'max.message.bytes': `${RECORD_BYTES_MAX}`,
  };
  const missing = topics.filter((topic) => !existing.has(topic));
  // Another service may create the same one at this moment: then it exists, and is checked.
  if (missing.length > 0) {
    await admin.createTopics({
      waitForLeaders: false,
      topics: missing.map((topic) => ({
        topic,
        numPartitions: PARTITIONS,
        replicationFactor: isReplicated ? REPLICAS : 1,
        configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })),
      })),
    });
    for (const topic of missing) await untilServed(admin, topic);
  }
  await checkTopics(admin, topics);
};

/** A leader is named some moments before it serves; whoever asks then would be told to ask again. */
const untilServed = async (admin: Admin, topic: string): Promise<void> => {
  for (let tries = 0; tries < SERVED_TRIES_MAX; tries += 1)
    try {
      await admin.fetchTopicOffsets(topic);
      return;
    } catch {
      await delay(SERVED_RETRY_MS);
    }
};

const checkTopics = async (admin: Admin, topics: readonly string[]): Promise<void> => {
  const metadata = await admin.fetchTopicMetadata({ topics: [...topics] });
  for (const { name, partitions } of metadata.topics)
    if (partitions.length !== PARTITIONS)
      throw new TopicMisconfigured(`${name} has ${partitions.length} partitions`);
  const configured = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name,
      configNames: Object.keys(KEPT),
    })),
  });
  for (const { resourceName, configEntries } of configured.resources)
    for (const { configName, configValue } of configEntries)
      if (configValue !== KEPT[configName as keyof typeof KEPT])
        throw new TopicMisconfigured(`${resourceName} has ${configName}=${configValue}`);
};
