import { z } from 'zod';
import { FormatResults } from '#contracts';
import { answer, inside, problem, refusals, trial } from '../openapi-parts.js';
import { lineItemSchema } from './line-item.js';
import { PAGE_MAX } from './requests.js';
import { CONTAINER, LINE_ITEM, SCORE } from './routes.js';

const DESCRIPTION = 'A bearer token, or HTTP Basic with the key of the client.';
const text = { type: 'string' };
const inPath = (name: string) => ({ name, in: 'path', required: true, schema: text });
const inQuery = (name: string, schema: object = text) => ({
  name,
  in: 'query',
  required: false,
  schema,
});
const context = { ...inPath('context'), schema: { type: 'string', maxLength: 100 } };
const one = [context, inPath('lineitem')];

const as = (mediaType: string, schema: object) => ({ content: { [mediaType]: { schema } } });
const lineItem = { description: 'The line item', ...as(LINE_ITEM, lineItemSchema) };
const sent = { required: true, ...as(LINE_ITEM, lineItemSchema) };
const missing = { 404: problem('There is none, or it is not yours') };
const operation = (operationId: string, summary: string, rest: object) => ({
  operationId,
  summary,
  description: DESCRIPTION,
  tags: ['lti-ags'],
  ...rest,
});

/** As one item of a format is answered. */
const became = inside(
  z.toJSONSchema(FormatResults.shape.results.element, {
    target: 'draft-2020-12',
    io: 'output',
    reused: 'inline',
  }),
);

/** LTI Assignment and Grade Services 2.0, as a tool calls them, as OpenAPI path items. */
export const lineItemPaths = {
  '/lti/ags/{context}/lineitems': {
    get: operation('listLineItems', 'Line items of a context, the oldest first', {
      parameters: [
        context,
        inQuery('resource_link_id'),
        inQuery('resource_id'),
        inQuery('tag'),
        inQuery('limit', { type: 'integer', minimum: 1, default: PAGE_MAX }),
        inQuery('cursor'),
      ],
      responses: {
        200: {
          description: 'A page; Link (rel="next") says where the next one is, if there is one',
          headers: { Link: { schema: text } },
          ...as(CONTAINER, { type: 'array', items: lineItemSchema }),
        },
        ...refusals,
      },
    }),
    post: operation('createLineItem', 'Give a line item, under which scores are sent', {
      parameters: [context, trial],
      requestBody: sent,
      responses: {
        201: { ...lineItem, headers: { Location: { schema: text } } },
        ...refusals,
      },
    }),
  },
  '/lti/ags/{context}/lineitems/{lineitem}': {
    get: operation('getLineItem', 'A line item', {
      parameters: one,
      responses: { 200: lineItem, ...missing, ...refusals },
    }),
    put: operation('replaceLineItem', 'Say anew what a line item is', {
      parameters: [...one, trial],
      requestBody: sent,
      responses: { 200: lineItem, ...missing, ...refusals },
    }),
    delete: operation('deleteLineItem', 'Take a line item away; recorded scores stay', {
      parameters: [...one, trial],
      responses: { 204: answer('Gone'), ...missing, ...refusals },
    }),
  },
  '/lti/ags/{context}/lineitems/{lineitem}/scores': {
    post: operation('recordScore', 'Record a score of a person in a line item', {
      parameters: [...one, trial],
      requestBody: { required: true, ...as(SCORE, { type: 'object' }) },
      responses: {
        200: answer('What became of it', became),
        ...missing,
        409: problem('A score of this person with a timestamp as late is recorded'),
        ...refusals,
      },
    }),
  },
};
