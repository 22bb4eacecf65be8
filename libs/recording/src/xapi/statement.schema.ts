import { when } from '../json-schema.js';
import type { XapiVersion } from './resource.js';

/**
 * The form of a statement (xAPI 1.0.3 part 2 §2.4 and §4, IEEE 9274.1.1 §4.2) as JSON Schema
 * 2020-12. What depends on more than one property is checked by hand: statement-rules.ts.
 */
const text = { type: 'string' };
const iri = { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9+.-]*:.+$', maxLength: 2048 };
/** RFC 4122; the format "uuid" would take a URN as well. */
const uuid = {
  type: 'string',
  pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
};
/** RFC 3339, but not with the offset -00:00, which says that the offset is unknown. */
const time = {
  type: 'string',
  format: 'date-time',
  pattern: '[Tt][0-9:.]{8,40}([Zz]|\\+\\d\\d:?\\d\\d|-(?!00:?00)\\d\\d:?\\d\\d)$',
};
/** RFC 5646; no tag in use has half as many parts. */
const languageTag = '^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,15}$';
const languageMap = {
  type: 'object',
  propertyNames: { pattern: languageTag },
  additionalProperties: text,
};
/** More of anything in one statement is a mistake or an attack. */
const MANY = 1_000;
const extensions = { type: 'object', propertyNames: { pattern: iri.pattern } };
const closed = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});
const identifiers = {
  mbox: { type: 'string', pattern: '^mailto:[^@\\s]+@[^@\\s]+$', maxLength: 512 },
  mbox_sha1sum: { type: 'string', pattern: '^[0-9a-fA-F]{40}$' },
  // As long as the name of an account, which it becomes.
  openid: { ...iri, maxLength: 256 },
  account: closed(
    {
      homePage: { ...iri, pattern: '^[A-Za-z][A-Za-z0-9+.-]*:\\S+$' },
      name: { type: 'string', minLength: 1, maxLength: 256 },
    },
    ['homePage', 'name'],
  ),
};
const agent = closed({ objectType: { const: 'Agent' }, name: text, ...identifiers });
const group = closed(
  {
    objectType: { const: 'Group' },
    name: text,
    member: { type: 'array', maxItems: MANY, items: agent },
    ...identifiers,
  },
  ['objectType'],
);
const byObjectType = (branches: Readonly<Record<string, object>>, otherwise: object): object =>
  Object.entries(branches).reduceRight(
    (rest, [objectType, schema]) =>
      when(
        { required: ['objectType'], properties: { objectType: { const: objectType } } },
        schema,
        rest,
      ),
    otherwise,
  );
const actor = { type: 'object', ...byObjectType({ Group: group }, agent) };

const component = {
  type: 'array',
  maxItems: MANY,
  items: closed({ id: text, description: languageMap }, ['id']),
};
const interactionTypes = [
  'true-false',
  'choice',
  'fill-in',
  'long-fill-in',
  'matching',
  'performance',
  'sequencing',
  'likert',
  'numeric',
  'other',
];
const activity = closed(
  {
    objectType: { const: 'Activity' },
    id: iri,
    definition: closed({
      name: languageMap,
      description: languageMap,
      type: iri,
      moreInfo: iri,
      extensions,
      interactionType: { enum: interactionTypes },
      correctResponsesPattern: { type: 'array', maxItems: MANY, items: text },
      choices: component,
      scale: component,
      source: component,
      target: component,
      steps: component,
    }),
  },
  ['id'],
);
/** One activity is short for a list of one (§2.4.6.2). */
const activities = when(
  { type: 'array' },
  { maxItems: MANY, items: { $ref: '#/$defs/activity' } },
  { $ref: '#/$defs/activity' },
);
const statementRef = closed({ objectType: { const: 'StatementRef' }, id: uuid }, [
  'objectType',
  'id',
]);

const result = closed({
  score: closed({
    scaled: { type: 'number', minimum: -1, maximum: 1 },
    raw: { type: 'number' },
    min: { type: 'number' },
    max: { type: 'number' },
  }),
  success: { type: 'boolean' },
  completion: { type: 'boolean' },
  response: text,
  // ISO 8601 §4.4.3.2: weeks stand alone, and only the last number has a fraction.
  duration: {
    type: 'string',
    pattern:
      '^P(?!$)(?![^.,]*[.,]\\d+[A-Z].)(\\d+([.,]\\d+)?W|' +
      '(\\d+([.,]\\d+)?Y)?(\\d+([.,]\\d+)?M)?(\\d+([.,]\\d+)?D)?' +
      '(T(?=\\d)(\\d+([.,]\\d+)?H)?(\\d+([.,]\\d+)?M)?(\\d+([.,]\\d+)?S)?)?)$',
    maxLength: 64,
  },
  extensions,
});
const context = {
  registration: uuid,
  instructor: actor,
  team: group,
  contextActivities: closed({
    parent: activities,
    grouping: activities,
    category: activities,
    other: activities,
  }),
  revision: text,
  platform: text,
  language: { type: 'string', pattern: languageTag },
  statement: statementRef,
  extensions,
};
const contextName = { agent: 'contextAgent', group: 'contextGroup' };
const relevantTypes = { type: 'array', minItems: 1, maxItems: MANY, items: iri };
const related = (name: 'agent' | 'group', schema: object) => ({
  type: 'array',
  maxItems: MANY,
  items: closed({ objectType: { const: contextName[name] }, [name]: schema, relevantTypes }, [
    'objectType',
    name,
  ]),
});
const contexts: Readonly<Record<XapiVersion, object>> = {
  '1.0.3': closed(context),
  '2.0.0': closed({
    ...context,
    contextAgents: related('agent', agent),
    contextGroups: related('group', group),
  }),
};

const attachments = {
  type: 'array',
  maxItems: MANY,
  items: closed(
    {
      usageType: iri,
      display: languageMap,
      description: languageMap,
      contentType: text,
      length: { type: 'integer', minimum: 0 },
      sha2: text,
      fileUrl: iri,
    },
    ['usageType', 'display', 'contentType', 'length', 'sha2'],
  ),
};

const verb = closed({ id: iri, display: languageMap }, ['id']);
const thing = { StatementRef: statementRef, Agent: agent, Group: group };
/** 2.0 takes the statements of 1.0 as well (IEEE 9274.1.1 §4.2.4.3). */
const versions: Readonly<Record<XapiVersion, string>> = {
  '1.0.3': '^1\\.0(\\.\\d+)?$',
  '2.0.0': '^[12]\\.0(\\.\\d+)?$',
};

/** An agent or group on its own, as parameters name one. */
export const actorSchema = { $id: 'urn:learning-ledger:xapi-actor', ...actor };

/** The form of a statement in this version of the standard. */
export const statementSchema = (version: XapiVersion): object => {
  const common = { actor, verb, result, context: contexts[version], timestamp: time, attachments };
  const subStatement = closed(
    {
      objectType: { const: 'SubStatement' },
      ...common,
      object: { type: 'object', ...byObjectType(thing, { $ref: '#/$defs/activity' }) },
    },
    ['objectType', 'actor', 'verb', 'object'],
  );
  const object = byObjectType(
    { ...thing, SubStatement: subStatement },
    { $ref: '#/$defs/activity' },
  );
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:learning-ledger:xapi-statement:${version}`,
    $defs: { activity },
    ...closed(
      {
        id: uuid,
        ...common,
        object: { type: 'object', ...object },
        stored: time,
        authority: actor,
        version: { type: 'string', pattern: versions[version] },
      },
      ['actor', 'verb', 'object'],
    ),
  };
};
