/**
 * The published language: which kinds of entries exist, and the topic that carries each. One topic
 * per family, keyed by the learner's alias (or by the stream where there is no learner).
 */
export const topicOf = {
  'learning-event': 'learning-events.v1',
  'learning-event-voided': 'learning-events.v1',
  'client-registered': 'identity.v1',
  'corrector-named': 'identity.v1',
  'corrector-dismissed': 'identity.v1',
  'alias-claimed': 'identity.v1',
  'alias-released': 'identity.v1',
  'account-taken-back': 'identity.v1',
  'account-handed-over': 'identity.v1',
  'people-merged': 'identity.v1',
  'people-split': 'identity.v1',
  'learner-erased': 'identity.v1',
  'achievement-defined': 'achievements.v1',
  'achievement-earned': 'achievements.v1',
  'achievement-withdrawn': 'achievements.v1',
  'issuer-key-created': 'credentials.v1',
  'credential-issued': 'credentials.v1',
  'credential-revoked': 'credentials.v1',
  'share-created': 'wallet.v1',
  'share-stopped': 'wallet.v1',
  'recognition-requested': 'recognition.v1',
  'recognition-decided': 'recognition.v1',
  'credit-posted': 'postings.v1',
  'credit-reversed': 'postings.v1',
} as const;

export type EntryKind = keyof typeof topicOf;
export type Topic = (typeof topicOf)[EntryKind];

export const topics: readonly Topic[] = [...new Set(Object.values(topicOf))];
export const isEntryKind = (kind: string): kind is EntryKind => kind in topicOf;

/** Fixed from the start: changing it would break the order of one learner's events. */
export const PARTITIONS = 12;

/**
 * The way in over Kafka: a topic for each client, which the broker lets nobody else write to, so
 * that the topic says who wrote. Answers come back on one that only this client reads.
 */
const INTAKE = 'learning-events.intake.v1';
const RECEIPTS = 'learning-events.receipts.v1';
export const intakeTopicOf = (client: string): string => `${INTAKE}.${client}`;
export const receiptsTopicOf = (client: string): string => `${RECEIPTS}.${client}`;

/** A topic's name without whose it is: what a metric may say. */
export const familyOf = (topic: string): string =>
  [INTAKE, RECEIPTS].find((family) => topic.startsWith(`${family}.`)) ?? topic;

/** The client whose intake topic it is; undefined for any other topic. */
export const clientOfIntake = (topic: string): string | undefined =>
  topic.startsWith(`${INTAKE}.`) ? topic.slice(INTAKE.length + 1) : undefined;
