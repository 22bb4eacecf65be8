import { answer, problem, refusals, trial } from '../openapi-parts.js';

interface Parameter {
  readonly name: string;
  readonly required?: boolean;
  readonly schema?: object;
}
const query = ({ name, required = false, schema = { type: 'string' } }: Parameter) => ({
  name,
  in: 'query',
  required,
  schema,
});
const uuid = { type: 'string', format: 'uuid' };
const time = { type: 'string', format: 'date-time' };
const truth = { type: 'boolean', default: false };
const json = (schema: object) => ({ required: true, content: { 'application/json': { schema } } });
const statement = { type: 'object' };
const anyBytes = { required: true, content: { '*/*': { schema: {} } } };
const activityId = { name: 'activityId', required: true };
const agent = { name: 'agent', required: true };

/** An operation; every one asks for the key of a client. */
const operation = (
  operationId: string,
  summary: string,
  parameters: readonly Parameter[],
  responses: object,
  requestBody?: object,
) => ({
  operationId,
  summary,
  description: 'HTTP Basic with the key of the client, and X-Experience-API-Version.',
  tags: ['xapi'],
  parameters: parameters.map(query),
  ...(requestBody === undefined ? {} : { requestBody }),
  responses: { ...responses, ...refusals },
});

/** An operation that sends statements, which may be a trial. */
const sending = (...parts: Parameters<typeof operation>) => {
  const sent = operation(...parts);
  return {
    ...sent,
    description: `${sent.description} ${TRIAL}`,
    parameters: [...sent.parameters, trial],
  };
};
const TRIAL =
  'Under /xapi-test in place of /xapi, for players that can be given nothing but an address, all ' +
  'that is sent is a trial, as with X-Ledger-Test: checked and answered alike, kept nowhere.';

const conflict = problem('There is another one already');
const notFound = problem('There is none');
const changed = problem('It is not as If-Match or If-None-Match expects it');

const single = [
  { name: 'statementId', schema: uuid },
  { name: 'voidedStatementId', schema: uuid },
  { name: 'format', schema: { enum: ['exact', 'ids', 'canonical'] } },
  { name: 'attachments', schema: truth },
];
const filters = [
  { name: 'agent' },
  { name: 'verb' },
  { name: 'activity' },
  { name: 'registration', schema: uuid },
  { name: 'related_activities', schema: truth },
  { name: 'related_agents', schema: truth },
  { name: 'since', schema: time },
  { name: 'until', schema: time },
  { name: 'limit', schema: { type: 'integer', minimum: 0 } },
  { name: 'ascending', schema: truth },
];

const documents = (what: string, id: string, context: readonly Parameter[]) => {
  const name = what.replaceAll(' ', '-');
  const one = [...context, { name: id, required: true }];
  return {
    get: operation(
      `get-${name}`,
      `A ${what}, or the ids of all`,
      [...context, { name: id }, { name: 'since', schema: time }],
      {
        200: answer('The document, or ids'),
        404: notFound,
      },
    ),
    put: operation(
      `put-${name}`,
      `Store a ${what}`,
      one,
      {
        204: answer('Stored'),
        409: conflict,
        412: changed,
      },
      anyBytes,
    ),
    post: operation(
      `merge-${name}`,
      `Store a ${what}, or merge it into the one there`,
      one,
      {
        204: answer('Stored'),
        412: changed,
      },
      anyBytes,
    ),
    delete: operation(`delete-${name}`, `Delete a ${what}`, context.concat({ name: id }), {
      204: answer('Gone'),
      412: changed,
    }),
  };
};

/** The Learning Record Store (xAPI 1.0.3 part 3 §2, IEEE 9274.1.1 §4.1.6), as OpenAPI path items. */
export const xapiPaths = {
  '/xapi/statements': {
    get: operation(
      'findStatements',
      'One statement, or those that fit the filters',
      [...single, ...filters],
      {
        200: answer('A statement, or a StatementResult', { type: 'object' }),
        404: notFound,
      },
    ),
    post: sending(
      'storeStatements',
      'Store statements: all of them or none. Receipts are Link headers',
      [],
      {
        200: answer('The ids of the statements', { type: 'array', items: { type: 'string' } }),
        409: conflict,
      },
      {
        required: true,
        content: {
          'application/json': {
            schema: { oneOf: [statement, { type: 'array', items: statement }] },
          },
          'multipart/mixed': { schema: {} },
        },
      },
    ),
    put: sending(
      'storeStatement',
      'Store one statement under an id',
      [{ name: 'statementId', required: true, schema: uuid }],
      { 204: answer('Stored'), 409: conflict },
      json(statement),
    ),
  },
  '/xapi/statements/more': {
    get: operation(
      'moreStatements',
      'The page behind a "more" link',
      [{ name: 'cursor', required: true }],
      {
        200: answer('A StatementResult', { type: 'object' }),
        404: problem('The link is not one of yours'),
      },
    ),
  },
  '/xapi/activities/state': documents('state document', 'stateId', [
    activityId,
    agent,
    { name: 'registration', schema: uuid },
  ]),
  '/xapi/activities/profile': documents('activity profile', 'profileId', [activityId]),
  '/xapi/agents/profile': documents('agent profile', 'profileId', [agent]),
  '/xapi/activities': {
    get: operation('getActivity', 'What an activity is, as all statements say', [activityId], {
      200: answer('An Activity', { type: 'object' }),
    }),
  },
  '/xapi/agents': {
    get: operation('getPerson', 'An agent as a Person', [agent], {
      200: answer('A Person', { type: 'object' }),
    }),
  },
  '/xapi/about': {
    get: {
      operationId: 'aboutXapi',
      summary: 'The versions of xAPI that are understood',
      tags: ['xapi'],
      responses: { 200: answer('Versions', { type: 'object' }) },
    },
  },
};
