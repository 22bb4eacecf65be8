import { z } from 'zod';
import {
  type EntryKind,
  facts,
  intakeTopicOf,
  PARTITIONS,
  ProblemDetails,
  Receipt,
  receiptsTopicOf,
  topics,
  Tried,
} from '#contracts';
import { TEST_HEADER } from '#recording';
import { kindsOf, topicSays } from './events-page.js';

const VERSION = '1.0.0';
const WEEK_MS = 7 * 24 * 3_600_000;
const INTAKE_PARTITIONS = 4;
const KAFKA = '0.5.0';

const ref = (path: string) => ({ $ref: `#/${path}` });
const text = (description: string, more: object = {}) => ({ type: 'string', description, ...more });
const words = (list: string): readonly string[] => list.split(' ');
const digits = (description: string) => text(description, { pattern: '^(-1|[0-9]+)$' });

/** Schemas that others refer to, by name. */
type Shared = Map<string, unknown>;

/** AsyncAPI's schemas are those of draft 7; what is shared moves to the components. */
const schemaOf = (schema: z.ZodType, io: 'input' | 'output', shared: Shared): unknown => {
  const { $schema: _, ...written } = z.toJSONSchema(schema, { io, target: 'draft-7' });
  const moved = JSON.stringify(written).replaceAll('"#/definitions/', '"#/components/schemas/');
  const { definitions = {}, ...rest } = JSON.parse(moved) as { definitions?: object };
  for (const [name, definition] of Object.entries(definitions)) shared.set(name, definition);
  return rest;
};

/** Headers of what the ledger publishes: CloudEvents 1.0, binary mode. */
const publishedHeaders = {
  type: 'object',
  required: words(
    'ce_specversion ce_id ce_type ce_source ce_time ce_ledgerlog ce_ledgerseq ce_ledgerprevious ' +
      'ce_ledgerkind ce_ledgerrecorded',
  ),
  properties: {
    'content-type': { const: 'application/json' },
    ce_specversion: { const: '1.0' },
    ce_id: text('The id of the entry (evt_…).'),
    ce_type: text('org.learning-ledger.{kind}.v1'),
    ce_source: text('urn:llcl:log:{log}'),
    ce_time: text('When it happened.', { format: 'date-time' }),
    ce_subject: text("The learner's alias; absent where there is none."),
    ce_ledgerlog: text('The log that holds the entry.'),
    ce_ledgerseq: digits('Its number there. A lower one than seen from this log is a repeat.'),
    ce_ledgerprevious: digits('The number before it in this partition; -1 if it is the first.'),
    ce_ledgerkind: text('The kind of entry.'),
    ce_ledgerrecorded: text('When it was recorded.', { format: 'date-time' }),
    ce_ledgerprovider: text('The client that said it.'),
    ce_ledgerstream: text('The aggregate it belongs to.'),
    ce_ledgerversion: digits('Its version there.'),
  },
} as const;

const answerHeaders = {
  type: 'object',
  required: ['ce_specversion', 'ce_id', 'ce_type', 'ce_source'],
  properties: {
    ce_specversion: { const: '1.0' },
    ce_id: text('The place of the message answered; the same in an answer given again.'),
    ce_type: text('org.learning-ledger.receipt.v1 or org.learning-ledger.problem.v1'),
    ce_source: text('urn:llcl:log:{log}'),
    ce_intakepartition: digits('The partition of the message answered.'),
    ce_intakeoffset: digits('Its offset.'),
    ce_eventsource: text('The source of the event, where it could be read.'),
    ce_eventid: text('The id of the event, where it could be read.'),
  },
} as const;

const key = (description: string) => ({ kafka: { key: text(description), bindingVersion: KAFKA } });

const entryMessage = (kind: EntryKind, shared: Shared) => ({
  name: kind,
  title: kind,
  summary: `What it says is in ${kind}.schema.json: "data" is plain, "personal" is sealed.`,
  contentType: 'application/json',
  headers: ref('components/schemas/publishedHeaders'),
  payload: {
    type: 'object',
    additionalProperties: false,
    required: ['data'],
    properties: {
      data: schemaOf(facts[kind].data, 'input', shared),
      sealed: text(
        'The personal part: AES-256-GCM under the key of the alias, base64url. Who has no access to ' +
          'the vault cannot open it; once the learner is erased nobody can.',
      ),
    },
  },
  bindings: key("The learner's alias; the stream or the id where there is no learner."),
});

const testHeader = {
  [TEST_HEADER]: {
    enum: ['true', 'false'],
    description:
      '"true": a trial, which is checked and answered alike, and recorded nowhere. Else it counts.',
  },
};

const intakeEvent = (headers: object, payload: object, title: string) => ({
  name: 'intake-event',
  title,
  contentType: 'application/json',
  headers,
  payload,
  bindings: key('Opaque: no name, no address. It comes back with the answer.'),
});

const messages = (shared: Shared) => ({
  ...Object.fromEntries(
    (Object.keys(facts) as EntryKind[]).map((kind) => [kind, entryMessage(kind, shared)] as const),
  ),
  structuredEvent: {
    ...intakeEvent(
      {
        type: 'object',
        properties: { 'content-type': { const: 'application/cloudevents+json' }, ...testHeader },
      },
      { $ref: '../api/intake-event.schema.json' },
      'An event in structured mode',
    ),
    contentType: 'application/cloudevents+json',
  },
  binaryEvent: intakeEvent(
    {
      type: 'object',
      required: ['ce_specversion', 'ce_id', 'ce_source', 'ce_type'],
      properties: {
        'content-type': { const: 'application/json' },
        ce_specversion: { const: '1.0' },
        ce_id: text('Yours; with the source it is the identity of the event.'),
        ce_source: text('Registered for you: urn:llcl:{clientId}:…'),
        ce_type: text('org.learning-ledger.{verb}.v1'),
        ce_time: text('When it happened.', { format: 'date-time' }),
        ...testHeader,
      },
    },
    { type: 'object', description: 'The "data" of ../api/intake-event.schema.json.' },
    'An event in binary mode: attributes in headers',
  ),
  receipt: {
    name: 'receipt',
    title: 'The event is in the log',
    contentType: 'application/json',
    headers: ref('components/schemas/answerHeaders'),
    payload: schemaOf(Receipt, 'output', shared),
    bindings: key('The key of the message answered.'),
  },
  tried: {
    name: 'tried',
    title: 'The event came as a trial and would have been taken; it is recorded nowhere',
    contentType: 'application/json',
    headers: ref('components/schemas/answerHeaders'),
    payload: schemaOf(Tried, 'output', shared),
    bindings: key('The key of the message answered.'),
  },
  problem: {
    name: 'problem',
    title: 'The event was refused',
    contentType: 'application/problem+json',
    headers: ref('components/schemas/answerHeaders'),
    payload: schemaOf(ProblemDetails, 'output', shared),
    bindings: key('The key of the message answered.'),
  },
});

const topicBinding = (partitions: number, retentionMs: number) => ({
  kafka: {
    partitions,
    topicConfiguration: { 'cleanup.policy': ['delete'], 'retention.ms': retentionMs },
    bindingVersion: KAFKA,
  },
});

const clientId = {
  parameters: { clientId: { description: 'Your id as a client of the ledger.' } },
  bindings: topicBinding(INTAKE_PARTITIONS, WEEK_MS),
};

const channels = () => ({
  ...Object.fromEntries(
    topics.map((topic) => [
      topic,
      {
        address: topic,
        description: topicSays[topic],
        messages: Object.fromEntries(
          kindsOf(topic).map((kind) => [kind, ref(`components/messages/${kind}`)] as const),
        ),
        bindings: topicBinding(PARTITIONS, -1),
      },
    ]),
  ),
  intake: {
    address: intakeTopicOf('{clientId}'),
    description:
      'Events of one client, which alone may write here. Above its quota they wait, and are not refused.',
    messages: {
      structuredEvent: ref('components/messages/structuredEvent'),
      binaryEvent: ref('components/messages/binaryEvent'),
    },
    ...clientId,
  },
  receipts: {
    address: receiptsTopicOf('{clientId}'),
    description: 'The answers to them: at least one for each message, in any order.',
    messages: {
      receipt: ref('components/messages/receipt'),
      tried: ref('components/messages/tried'),
      problem: ref('components/messages/problem'),
    },
    ...clientId,
  },
});

/** The topics of the ledger, for systems that read or write them (AsyncAPI 3.0). */
export const asyncApi = (): object => {
  const shared: Shared = new Map();
  const all = messages(shared);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Lifelong learning ledger',
      version: VERSION,
      description:
        'What the ledger publishes on Kafka, and how clients write to it there. Names of topics ' +
        'have the prefix of the installation, if it has one.',
    },
    defaultContentType: 'application/json',
    channels: channels(),
    operations: operations(),
    components: {
      messages: all,
      schemas: { publishedHeaders, answerHeaders, ...Object.fromEntries(shared) },
    },
  };
};

const operations = () => ({
  ...Object.fromEntries(
    topics.map((topic) => [
      `publish-${topic}`,
      { action: 'send', channel: ref(`channels/${topic}`), summary: topicSays[topic] },
    ]),
  ),
  takeIn: {
    action: 'receive',
    channel: ref('channels/intake'),
    summary: 'Take in events of a client, each exactly once.',
    reply: { channel: ref('channels/receipts') },
  },
});
