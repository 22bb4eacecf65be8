const text = (description: string) => ({
  description,
  content: { 'text/plain': { schema: { type: 'string' } } },
});

/** What the description of the API says of the witness, whose routes are no controller's. */
export const paths = {
  '/add-checkpoint': {
    post: {
      operationId: 'addCheckpoint',
      summary: 'Have a checkpoint of a log cosigned that is known here (C2SP tlog-witness)',
      tags: ['witness'],
      requestBody: {
        required: true,
        content: { 'text/plain': { schema: { type: 'string' } } },
      },
      responses: {
        200: text('Cosignature lines'),
        400: text('It is not such a request, or the old size is the larger one'),
        403: text('No known key of the log has signed it'),
        404: text('The log is not known here'),
        409: text('The old size is another; the body is the size that was cosigned last'),
        422: text('The proof does not show that the log has only grown'),
      },
    },
  },
  '/witness/vkey': {
    get: {
      operationId: 'witnessKey',
      summary: 'The key of the cosignatures',
      tags: ['witness'],
      responses: { 200: text('A verifier key (C2SP signed-note, type 4)') },
    },
  },
  '/witness/{origin}/checkpoint': {
    get: {
      operationId: 'witnessedCheckpoint',
      summary: 'What was cosigned last of a log',
      tags: ['witness'],
      parameters: [
        {
          name: 'origin',
          in: 'path',
          required: true,
          description: 'SHA-256 of the origin of the log, hex',
          schema: { type: 'string', pattern: '^[0-9a-f]{64}$' },
        },
      ],
      responses: { 200: text('A signed note'), 404: text('Nothing was cosigned of it') },
    },
  },
};
