import { learningEventSchema } from '#contracts';
import { when } from './json-schema.js';

type Schema = Readonly<Record<string, unknown>>;

const TYPE = 'org.learning-ledger.';
export const VOIDED_TYPE = `${TYPE}voided.v1`;

/** What the ledger fills in itself: nobody sends it. */
const FROM_LEDGER: ReadonlySet<string> = new Set([
  'subject',
  'partitionkey',
  'dataschema',
  'contenthash',
  'recordedtime',
  'ledgerseq',
]);
/** What may be left out: it follows from the registration of the client, or from the envelope. */
const OPTIONAL: ReadonlySet<string> = new Set([
  'id',
  'time',
  'datacontenttype',
  'provider',
  'learningContext',
  'assurance',
  'occurredAt',
]);

const without = (object: object, left: ReadonlySet<string>): Schema =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !left.has(name)));
const mustHave = (names: readonly string[], left: ReadonlySet<string>): readonly string[] =>
  names.filter((name) => !left.has(name) && !OPTIONAL.has(name));

const { properties, required, $defs } = learningEventSchema;
const { learningEvent, voidEvent, raw: _, ...sharedDefs } = $defs;
const ours = new Set(['raw']);

/** A learner as the provider knows them: by exactly one of these. */
const learner = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
  properties: {
    account: {
      type: 'object',
      additionalProperties: false,
      required: ['homePage', 'name'],
      properties: {
        homePage: { type: 'string', minLength: 1, maxLength: 2048 },
        name: { type: 'string', minLength: 1, maxLength: 256 },
      },
    },
    did: { type: 'string', pattern: '^did:[a-z0-9]+:\\S+$', maxLength: 2048 },
    mailHash: { type: 'string', pattern: '^[0-9a-f]{40}$' },
    alias: { $ref: '#/$defs/learnerId' },
  },
};

/**
 * What POST /v1/events accepts (JSON Schema 2020-12), derived from the canonical event: the learner
 * as the provider knows them, without what the ledger fills in.
 */
export const intakeSchema = {
  $schema: learningEventSchema.$schema,
  $id: 'urn:learning-ledger:intake:1.0',
  title: 'Learning event as a provider sends it (CloudEvent, structured mode)',
  type: 'object',
  additionalProperties: false,
  required: mustHave(required, FROM_LEDGER),
  properties: { ...without(properties, FROM_LEDGER), data: true },
  ...when(
    { properties: { type: { const: VOIDED_TYPE } }, required: ['type'] },
    { properties: { data: { $ref: '#/$defs/voidEvent' } } },
    { properties: { data: { $ref: '#/$defs/learningEvent' } } },
  ),
  $defs: {
    ...sharedDefs,
    voidEvent: {
      ...voidEvent,
      properties: without(voidEvent.properties, ours),
    },
    learningEvent: {
      ...learningEvent,
      required: mustHave(learningEvent.required, ours),
      properties: { ...without(learningEvent.properties, ours), learner },
    },
  },
} as const;

/** The verb that a type names (`org.learning-ledger.passed.v1` → `passed`). */
export const verbOfType = (type: string): string => type.slice(TYPE.length, -'.v1'.length);
