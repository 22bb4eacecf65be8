import { z } from 'zod';
import { FormatResults } from '#contracts';
import { answer, inside, problem, refusals, trial } from '../openapi-parts.js';
import type { Format } from './format.js';
import { formatsIn } from './formats.js';

const results = inside(
  z.toJSONSchema(FormatResults, { target: 'draft-2020-12', io: 'output', reused: 'inline' }),
);

const DESCRIPTION = 'A bearer token, or HTTP Basic with the key of the client.';

const aboutOf = ({ name, about }: Format): object =>
  about
    ? {
        get: {
          operationId: `about-${name}`,
          summary: about.summary,
          description: DESCRIPTION,
          tags: ['formats'],
          responses: {
            200: answer('What is taken here', { type: 'object', examples: [about.answer] }),
            401: problem('No valid token or key, or none of somebody who may send'),
            503: refusals[503],
          },
        },
      }
    : {};

const pathOf = (format: Format): [string, object] => [
  format.path,
  { ...aboutOf(format), ...postOf(format) },
];

const postOf = ({ name, mediaTypes, summary }: Format): object => ({
  post: {
    operationId: `record-${name}`,
    summary,
    description: DESCRIPTION,
    tags: ['formats'],
    parameters: [trial],
    requestBody: {
      required: true,
      content: Object.fromEntries(mediaTypes.map((type) => [type, { schema: {} }])),
    },
    responses: {
      200: answer('What became of each item, in the order sent', results),
      ...refusals,
    },
  },
});

/** The routes of all formats, as OpenAPI path items. */
export const formatPaths: Readonly<Record<string, object>> = Object.fromEntries(
  (await formatsIn()).map(pathOf),
);
