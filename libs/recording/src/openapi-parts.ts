/** A schema for a place inside a document: its dialect is the document's. */
export const inside = (schema: object): object => {
  const { $schema: _dialect, ...rest } = schema as { $schema?: string };
  return rest;
};
export const answer = (description: string, schema?: object) => ({
  description,
  ...(schema ? { content: { 'application/json': { schema } } } : {}),
});
export const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});
export const refusals = {
  400: problem('The body is not as it should be'),
  401: problem('No valid token or key'),
  403: problem('Another role is needed'),
  413: problem('More than the limit'),
  429: problem('More than the quota; Retry-After says in how many seconds to come again'),
  503: problem('Away for a moment; Retry-After says when to try again'),
};

/** On every way in: what is sent like this is checked and answered, and never counts. */
export const trial = {
  name: 'X-Ledger-Test',
  in: 'header',
  required: false,
  schema: { type: 'string', enum: ['true', 'false'] },
  description: 'true: the test area. Checked, answered and told in /v1/deliveries; never recorded.',
};
