/**
 * The form of a statement (xAPI 1.0.3 part 2 §2.4, IEEE 9274.1.1 §4.2) as JSON Schema 2020-12.
 * What else the standard asks for, such as a voiding statement's object, the mapping checks.
 */
const text = { type: 'string' };
const iri = { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9+.-]*:.+$', maxLength: 2048 };
const uuid = { type: 'string', format: 'uuid' };
const time = { type: 'string', format: 'date-time' };
const languageMap = {
  type: 'object',
  propertyNames: { pattern: '^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$' },
  additionalProperties: text,
};
const extensions = { type: 'object', propertyNames: { pattern: iri.pattern } };
const closed = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});
const listOf = (name: string) => ({
  anyOf: [
    { $ref: `#/$defs/${name}` },
    { type: 'array', maxItems: 1_000, items: { $ref: `#/$defs/${name}` } },
  ],
});

const identifiers = {
  mbox: { type: 'string', pattern: '^mailto:[^@\\s]+@[^@\\s]+$', maxLength: 512 },
  mbox_sha1sum: { type: 'string', pattern: '^[0-9a-fA-F]{40}$' },
  openid: iri,
  account: closed(
    {
      homePage: { ...iri, pattern: '^[A-Za-z][A-Za-z0-9+.-]*:\\S+$' },
      name: { type: 'string', minLength: 1, maxLength: 256 },
    },
    ['homePage', 'name'],
  ),
};
/** An agent has exactly one identifier (§2.4.2.1). */
const oneIdentifier = {
  oneOf: Object.keys(identifiers).map((name) => ({ required: [name] })),
};
const agent = {
  ...closed({ objectType: { const: 'Agent' }, name: text, ...identifiers }),
  ...oneIdentifier,
};
const group = closed(
  {
    objectType: { const: 'Group' },
    name: text,
    member: { type: 'array', items: agent },
    ...identifiers,
  },
  ['objectType'],
);
const byObjectType = (branches: Readonly<Record<string, object>>, otherwise: object): object =>
  Object.entries(branches).reduceRight(
    (rest, [objectType, schema]) => ({
      if: { required: ['objectType'], properties: { objectType: { const: objectType } } },
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      then: schema,
      else: rest,
    }),
    otherwise,
  );
const actor = { type: 'object', ...byObjectType({ Group: group }, agent) };

const component = {
  type: 'array',
  items: closed({ id: text, description: languageMap }, ['id']),
};
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
      interactionType: text,
      correctResponsesPattern: { type: 'array', items: text },
      choices: component,
      scale: component,
      source: component,
      target: component,
      steps: component,
    }),
  },
  ['id'],
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
  duration: {
    type: 'string',
    pattern:
      '^P(?!$)(\\d+([.,]\\d+)?Y)?(\\d+([.,]\\d+)?M)?(\\d+([.,]\\d+)?W)?(\\d+([.,]\\d+)?D)?' +
      '(T(?=\\d)(\\d+([.,]\\d+)?H)?(\\d+([.,]\\d+)?M)?(\\d+([.,]\\d+)?S)?)?$',
    maxLength: 64,
  },
  extensions,
});
const relevantTypes = { type: 'array', minItems: 1, items: iri };
const context = closed({
  registration: uuid,
  instructor: actor,
  team: group,
  contextActivities: closed({
    parent: listOf('activity'),
    grouping: listOf('activity'),
    category: listOf('activity'),
    other: listOf('activity'),
  }),
  contextAgents: {
    type: 'array',
    items: closed({ objectType: { const: 'contextAgent' }, agent, relevantTypes }, [
      'objectType',
      'agent',
    ]),
  },
  contextGroups: {
    type: 'array',
    items: closed({ objectType: { const: 'contextGroup' }, group, relevantTypes }, [
      'objectType',
      'group',
    ]),
  },
  revision: text,
  platform: text,
  language: text,
  statement: statementRef,
  extensions,
});
const attachments = {
  type: 'array',
  items: closed(
    {
      usageType: iri,
      display: languageMap,
      description: languageMap,
      contentType: text,
      length: { type: 'integer', minimum: 0 },
      sha2: text,
      // Attachments in the body (multipart/mixed) are not taken yet.
      fileUrl: iri,
    },
    ['usageType', 'display', 'contentType', 'length', 'sha2', 'fileUrl'],
  ),
};

const verb = closed({ id: iri, display: languageMap }, ['id']);
const common = { actor, verb, result, context, timestamp: time, attachments };
const thing = { StatementRef: statementRef, Agent: agent, Group: group };
const subStatement = closed(
  {
    objectType: { const: 'SubStatement' },
    ...common,
    object: { type: 'object', ...byObjectType(thing, { $ref: '#/$defs/activity' }) },
  },
  ['objectType', 'actor', 'verb', 'object'],
);

export const statementSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:learning-ledger:xapi-statement',
  $defs: { activity },
  ...closed(
    {
      id: uuid,
      ...common,
      object: {
        type: 'object',
        ...byObjectType({ ...thing, SubStatement: subStatement }, { $ref: '#/$defs/activity' }),
      },
      stored: time,
      authority: actor,
      version: { type: 'string', pattern: '^(1\\.0(\\.\\d+)?|2\\.0(\\.\\d+)?)$' },
    },
    ['actor', 'verb', 'object'],
  ),
};
