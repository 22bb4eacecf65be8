import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Admin } from 'kafkajs';
import { TopicMisconfigured, type TopicSpec } from '../kafka.js';

const REPLICAS = 3;
const SERVED_TRIES_MAX = 50;
const SERVED_RETRY_MS = 100;

/** How long a topic keeps what is in it. Never compacted: nothing but time takes a record away. */
const kept = ({ retentionMs }: TopicSpec): Readonly<Record<string, string>> => ({
  'cleanup.policy': 'delete',
  'retention.ms': `${retentionMs}`,
  'retention.bytes': '-1',
});

/**
 * Creates the topics that are missing and checks those that exist. Three replicas of which two must
 * confirm where there are three brokers; one otherwise. Throws TopicMisconfigured.
 */
export const ensureTopics = async (admin: Admin, specs: readonly TopicSpec[]): Promise<void> => {
  if (specs.length === 0) return;
  const existing = new Set(await admin.listTopics());
  const missing = specs.filter(({ name }) => !existing.has(name));
  // Another service may create the same one at this moment: then it exists, and is checked.
  if (missing.length > 0) await create(admin, missing);
  await checkTopics(admin, specs);
};

const create = async (admin: Admin, missing: readonly TopicSpec[]): Promise<void> => {
  const { brokers } = await admin.describeCluster();
  const isReplicated = brokers.length >= REPLICAS;
  await admin.createTopics({
    waitForLeaders: false,
    topics: missing.map((spec) => ({
      topic: spec.name,
      numPartitions: spec.partitions,
      replicationFactor: isReplicated ? REPLICAS : 1,
      configEntries: Object.entries({
        ...kept(spec),
        'min.insync.replicas': isReplicated ? '2' : '1',
        'max.message.bytes': `${spec.recordBytesMax}`,
      }).map(([name, value]) => ({ name, value })),
    })),
  });
  for (const { name } of missing) await untilServed(admin, name);
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

const checkTopics = async (admin: Admin, specs: readonly TopicSpec[]): Promise<void> => {
  const specOf = new Map(specs.map((spec) => [spec.name, spec]));
  const metadata = await admin.fetchTopicMetadata({ topics: [...specOf.keys()] });
  for (const { name, partitions } of metadata.topics) {
    const { partitions: expected = 0, mayHaveMore = false } = specOf.get(name) ?? {};
    if (partitions.length !== expected && !(mayHaveMore && partitions.length > expected))
      throw new TopicMisconfigured(`${name} has ${partitions.length} partitions`);
  }
  const configured = await admin.describeConfigs({
    includeSynonyms: false,
    resources: specs.map((spec) => ({
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name: spec.name,
      configNames: Object.keys(kept(spec)),
    })),
  });
  for (const { resourceName, configEntries } of configured.resources) {
    const spec = specOf.get(resourceName);
    const expected = spec ? kept(spec) : {};
    for (const { configName, configValue } of configEntries)
      if (configValue !== expected[configName])
        throw new TopicMisconfigured(`${resourceName} has ${configName}=${configValue}`);
  }
};
