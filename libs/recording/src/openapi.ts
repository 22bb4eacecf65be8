import { z } from 'zod';
import { Results } from '#contracts';
import { intakeSchema } from './intake-schema.js';
import { answer, inside, refusals, trial } from './openapi-parts.js';

const event = inside(intakeSchema);
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
} as const;
