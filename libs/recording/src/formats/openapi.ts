import { z } from 'zod';
import { FormatResults } from '#contracts';
import { answer, inside, refusals, trial } from '../openapi-parts.js';
import type { Format } from './format.js';
import { formatsIn } from './formats.js';

const results = inside(
  z.toJSONSchema(FormatResults, { target: 'draft-2020-12', io: 'output', reused: 'inline' }),
);

const pathOf = ({ name, path, mediaTypes, summary }: Format): [string, object] => [
  path,
  {
    post: {
      operationId: `record-${name}`,
      summary,
      description: 'A bearer token, or HTTP Basic with the key of the client.',
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
  },
];

/** The routes of all formats, as OpenAPI path items. */
export const formatPaths: Readonly<Record<string, object>> = Object.fromEntries(
  (await formatsIn()).map(pathOf),
);
