import { describe, expect, it } from '@jest/globals';
import { upstreamOf } from './routes.js';

describe('the table of routes', () => {
  it.each([
    ['/v1/events', 'recorder'],
    ['/v1/me/events', 'recorder'],
    ['/v1/imports/imp_a/confirm', 'recorder'],
    ['/v1/jobs/imp_a/events', 'recorder'],
    ['/xapi/statements', 'recorder'],
    ['/caliper', 'recorder'],
    ['/lti/ags/7/lineitems/lit_a/scores', 'recorder'],
    ['/xapi-test/statements', 'recorder'],
    ['/v1/deliveries/dlv_a/retry', 'recorder'],
    ['/v1/credentials/crd_a/revoke', 'issuer'],
    ['/v1/me/credits', 'issuer'],
    ['/issuers/aurora/did.json', 'issuer'],
    ['/log/recorder/checkpoint', 'recorder'],
    ['/log/issuer/tile/0/000', 'issuer'],
    ['/log/exchange/checkpoint', 'exchange'],
    ['/log/meta/checkpoint', 'exchange'],
    ['/v1/ledger/issuer/entries/7/proof', 'issuer'],
    ['/v1/me/credentials', 'exchange'],
    ['/v1/eventsomething', 'exchange'],
    ['/', 'exchange'],
    ['/check', 'exchange'],
  ])('sends %s to the %s', (path, upstream) => {
    expect(upstreamOf(path)).toBe(upstream);
  });
});
