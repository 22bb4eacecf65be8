import {
  type EntryKind,
  intakeTopicOf,
  receiptsTopicOf,
  type Topic,
  topicOf,
  topics,
} from '#contracts';
import { TEST_HEADER } from '#recording';

export const topicSays: Readonly<Record<Topic, string>> = {
  'learning-events.v1': 'Learning as providers and learners reported it, and what they took back.',
  'identity.v1': 'Clients, accounts that people claimed, erasures.',
  'achievements.v1': 'What can be achieved, and who has.',
  'credentials.v1': 'Credentials issued and revoked, and the keys they are signed with.',
  'wallet.v1': 'What learners share, and no longer share.',
  'recognition.v1': 'Requests for recognition and decisions on them.',
  'postings.v1': 'Credit that was posted to accounts, or taken back.',
};

export const kindsOf = (topic: Topic): readonly EntryKind[] =>
  (Object.keys(topicOf) as EntryKind[]).filter((kind) => topicOf[kind] === topic);

/** What each topic carries, for people. */
export const eventsPage = (): string => `# What each topic carries

Written from \`libs/contracts/src\` by \`npm run docs\`. [asyncapi.json](asyncapi.json) says it to
machines (AsyncAPI 3.0), with headers, keys and settings; a file for each kind says what is in it.
Names of topics have the prefix of the installation, if it has one.

| topic | what it carries | kinds |
|---|---|---|
${topics
  .map(
    (topic) =>
      `| \`${topic}\` | ${topicSays[topic]} | ${kindsOf(topic)
        .map((kind) => `[${kind}](${kind}.schema.json)`)
        .join(', ')} |`,
  )
  .join('\n')}
| \`${intakeTopicOf('{clientId}')}\` | Events that one client sends; only it may write there. Seven days. | [as POST /v1/events](../api/intake-event.schema.json) |
| \`${receiptsTopicOf('{clientId}')}\` | The answers, under the same key; only it may read there. Seven days. | receipt, that it was a trial, [problem](../api/problems.md) |

## To read the topics of the ledger

- CloudEvents 1.0 in binary mode. Twelve partitions by learner, kept for good, never compacted.
- Keep your place as the last \`ce_ledgerseq\` of each \`ce_ledgerlog\` and partition, in the
  transaction of your effect. A number that is not higher is a repeat: skip it. A record whose
  \`ce_ledgerprevious\` is above your place comes after something you have not seen: read again.
- The value is \`{ data, sealed? }\`. \`sealed\` opens with the vault only.

## To write learning events

- Canonical events, structured (\`content-type: application/cloudevents+json\`, or no header at all)
  or binary (attributes in \`ce_…\` headers, \`content-type: application/json\`); up to 128 KiB.
- An event has an id or a time: without either a repeat could not be told, and it is refused.
- The key decides the partition and comes back with the answer. It must be opaque: both topics can
  be read by whoever runs the broker.
- Each message is answered at least once, after it is in the log. \`ce_id\` of an answer is the place
  of the message: the same in an answer given again. Sending an event again is safe.
- What is above a client's quota is not refused: it waits in its topic, and is answered later.
- A message with the header \`${TEST_HEADER}: true\` is a trial: checked alike, recorded nowhere, and
  answered \`{"status":"test"}\` or with its problem. A header that says neither "true" nor "false" is
  refused.
`;
