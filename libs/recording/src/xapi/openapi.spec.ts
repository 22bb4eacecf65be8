import { expect, it } from '@jest/globals';
import { xapiPaths } from './openapi.js';

it.each(['post', 'put'] as const)('says how a %s of statements is a trial', (method) => {
  const { parameters, description } = xapiPaths['/xapi/statements'][method];
  expect(parameters).toContainEqual(
    expect.objectContaining({ name: 'X-Ledger-Test', in: 'header', required: false }),
  );
  expect(description).toContain('/xapi-test');
});

it('asks for no trial where nothing is sent', () => {
  expect(JSON.stringify(xapiPaths['/xapi/statements'].get)).not.toContain('X-Ledger-Test');
});
