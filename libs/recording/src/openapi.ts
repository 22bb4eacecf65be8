import { z } from 'zod';
import { Results } from '#contracts';
import { intakeSchema } from './intake-schema.js';

/** A schema for a place inside a document: its dialect is the document's. */
const inside = (schema: object): object => {
  const { $schema: _dialect, ...rest } = schema as { $schema?: string };
  return rest;
};
const answer = (description: string, schema?: object) => ({
  description,
  ...(schema ? { content: { 'application/json': { schema } } } : {}),
});
const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});
const refusals = {
  400: problem('The body is not as it should be'),
  401: problem('No valid token or key'),
  403: problem('Another role is needed'),
  413: problem('More than the limit'),
  429: problem('More than the quota; Retry-After says in how many seconds to come again'),
  503: problem('Away for a moment; Retry-After says when to try again'),
};
/** On every way in: what is sent like this is checked and answered, and never counts. */
const trial = {
  name: 'X-Ledger-Test',
  in: 'header',
  required: false,
  schema: { type: 'string', enum: ['true', 'false'] },
  description: 'true: the test area. Checked, answered and told in /v1/deliveries; never recorded.',
};
const event = inside(intakeSchema);
const statements = {
  content: {
    'application/json': {
      schema: { oneOf: [{ type: 'object' }, { type: 'array', items: { type: 'object' } }] },
    },
  },
};

/** The plain routes of recording, as OpenAPI path items. */
export const paths = {
  '/v1/events': {
    post: {
      operationId: 'recordEvents',
      summary: 'Record learning events (CloudEvents 1.0); each is answered for itself',
      tags: ['recording'],
      security: [{ bearer: [] }],
      parameters: [trial],
      requestBody: {
        required: true,
        content: {
          'application/cloudevents+json': { schema: event },
          'application/cloudevents-batch+json': {
            schema: { type: 'array', maxItems: 1000, items: event },
          },
          'application/json': {
            schema: { oneOf: [event, { type: 'array', maxItems: 1000, items: event }] },
          },
        },
      },
      responses: {
        200: answer(
          'Receipts and problems, in the order sent',
          inside(
            z.toJSONSchema(Results, { target: 'draft-2020-12', io: 'output', reused: 'inline' }),
          ),
        ),
        ...refusals,
      },
    },
  },
  '/xapi/statements': {
    post: {
      operationId: 'storeStatements',
      summary: 'Store xAPI statements (1.0.3, 2.0): all of them or none',
      description:
        'HTTP Basic with the key of the client, or a bearer token. Receipts are Link headers.',
      tags: ['xapi'],
      parameters: [trial],
      requestBody: { required: true, ...statements },
      responses: {
        200: answer('The ids of the statements', { type: 'array', items: { type: 'string' } }),
        409: problem('A statement with this id and other content is recorded'),
        ...refusals,
      },
    },
    put: {
      operationId: 'storeStatement',
      summary: 'Store one xAPI statement under an id',
      tags: ['xapi'],
      parameters: [
        trial,
        {
          name: 'statementId',
          in: 'query',
          required: true,
          schema: { type: 'string', format: 'uuid' },
        },
      ],
      requestBody: { required: true, ...statements },
      responses: { 204: answer('Stored'), 409: problem('Other content is recorded'), ...refusals },
    },
  },
  '/xapi/about': {
    get: {
      operationId: 'aboutXapi',
      summary: 'The versions of xAPI that are understood',
      tags: ['xapi'],
      responses: { 200: answer('Versions', { type: 'object' }) },
    },
  },
} as const;
