import { z } from 'zod';
import { Area, Job } from '#contracts';
import { trial } from '../openapi-parts.js';
import { UPLOAD_BYTES_MAX, UPLOAD_FILES_MAX } from './limits.js';
import { TEST_FIELD, TRIAL_NOTE } from './trial.js';

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});
const refusals = {
  401: problem('No valid token'),
  403: problem('Another role is needed'),
  404: problem('There is none, or it is not yours'),
  503: problem('Away for a moment; Retry-After says when to try again'),
};
const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };
const { $schema: _, ...job } = z.toJSONSchema(Job, {
  target: 'draft-2020-12',
  io: 'output',
  reused: 'inline',
});
const common = { tags: ['imports'], security: [{ bearer: [] }] };

/** The plain routes of imports, as OpenAPI path items. */
export const importPaths = {
  '/v1/imports': {
    post: {
      ...common,
      operationId: 'uploadSpreadsheets',
      summary: 'Upload CSV or XLSX files; nothing is recorded before you confirm',
      description: `Up to ${UPLOAD_FILES_MAX} files and ${UPLOAD_BYTES_MAX} bytes, streamed.`,
      parameters: [trial],
      requestBody: {
        required: true,
        content: {
          'multipart/form-data': {
            schema: {
              type: 'object',
              properties: {
                file: { type: 'array', items: { type: 'string', format: 'binary' } },
                [TEST_FIELD]: {
                  enum: ['true', 'false'],
                  description: 'As the header X-Ledger-Test, for who can set none.',
                },
              },
            },
          },
        },
      },
      responses: {
        202: {
          description: 'It waits to be confirmed; Location says where its preview is',
          headers: { Location: { schema: { type: 'string' } } },
          content: {
            'application/json': {
              schema: {
                type: 'object',
                properties: {
                  id: { type: 'string' },
                  job: { type: 'string' },
                  state: { const: 'waiting' },
                  area: { enum: Area.options },
                  note: { const: TRIAL_NOTE, description: 'Of a trial.' },
                },
              },
            },
          },
        },
        400: problem('No file, or a body that breaks off'),
        409: problem('Too many of your files are lying here already'),
        413: problem('More than the limit'),
        ...refusals,
      },
    },
  },
  '/v1/imports/{id}/refused.csv': {
    get: {
      ...common,
      operationId: 'refusedRows',
      summary: 'The refused rows as a file to correct and upload again',
      parameters: [id],
      responses: {
        200: {
          description: 'CSV (UTF-8)',
          content: { 'text/csv': { schema: { type: 'string' } } },
        },
        ...refusals,
      },
    },
  },
  '/v1/jobs/{id}': {
    get: {
      ...common,
      operationId: 'job',
      summary: 'How far a job is, and how long it will still take',
      parameters: [id],
      responses: {
        200: { description: 'The job', content: { 'application/json': { schema: job } } },
        ...refusals,
      },
    },
  },
  '/v1/jobs/{id}/events': {
    get: {
      ...common,
      operationId: 'followJob',
      summary: 'The job as server-sent events ("job"), until it has ended',
      parameters: [id],
      responses: {
        200: {
          description: 'A stream of jobs',
          content: { 'text/event-stream': { schema: { type: 'string' } } },
        },
        429: problem('Too many streams are open'),
        ...refusals,
      },
    },
  },
} as const;
