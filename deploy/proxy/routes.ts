/** Which service answers which path. The first prefix that fits wins; the rest is the exchange's. */
export type Upstream = 'recorder' | 'issuer' | 'exchange';

export const routes: readonly (readonly [prefix: string, upstream: Upstream])[] = [
  ['/v1/events', 'recorder'],
  ['/v1/me/events', 'recorder'],
  ['/v1/formats', 'recorder'],
  ['/v1/xapi-rules', 'recorder'],
  ['/v1/imports', 'recorder'],
  ['/v1/jobs', 'recorder'],
  ['/v1/deliveries', 'recorder'],
  ['/xapi', 'recorder'],
  ['/xapi-test', 'recorder'],
  ['/caliper', 'recorder'],
  ['/lti', 'recorder'],
  ['/v1/achievements', 'issuer'],
  ['/v1/credentials', 'issuer'],
  ['/v1/me/credits', 'issuer'],
  ['/issuers', 'issuer'],
  ['/status-lists', 'issuer'],
  ['/log/recorder', 'recorder'],
  ['/log/issuer', 'issuer'],
  ['/v1/ledger/recorder', 'recorder'],
  ['/v1/ledger/issuer', 'issuer'],
  ['/', 'exchange'],
];

/** The upstream of a path: `/v1/events` and `/v1/events/…`, not `/v1/eventsomething`. */
export const upstreamOf = (path: string): Upstream =>
  routes.find(
    ([prefix]) => prefix === '/' || path === prefix || path.startsWith(`${prefix}/`),
  )?.[1] ?? 'exchange';
