import { describe, expect, test } from '@jest/globals';
import { paths } from './paths.js';
import { pageFaults } from './testing/page-faults.js';
import { usingVisitor } from './testing/using-visitor.js';
import type { Visitor } from './testing/visitor.js';

const who = usingVisitor();
const post: Visitor['post'] = (...request) => who().post(...request);
const orders: Visitor['orders'] = () => who().orders();

describe('forms', () => {
  const FORMS = [
    [paths.claim, 'learner'],
    ['/wallet/claims/clm_a/release', 'learner'],
    ['/wallet/claims/clm_b/restore', 'learner'],
    [paths.merge, 'learner'],
    [paths.mergeCode, 'learner'],
    ['/wallet/profile/merges/mrg_a/split', 'learner'],
    [paths.report, 'learner'],
    [paths.shares, 'learner'],
    ['/wallet/shares/shr_open/stop', 'learner'],
    [paths.recognition, 'learner'],
    [paths.profile, 'learner'],
    [paths.erase, 'learner'],
    [paths.providerEvents, 'provider'],
    [paths.claimCodes, 'provider'],
    ['/provider/credentials/crd_reader/revoke', 'provider'],
    ['/provider/deliveries/dlv_refused/retry', 'provider'],
    ['/cases/rec_open', 'officer'],
    [paths.signOut, 'learner'],
    ['/sign-in/good', undefined],
    [paths.check, undefined],
  ] as const;

  test.each(FORMS)('%s is refused when another site sends it', async (path, role) => {
    const { statusCode } = await post(path, {}, role, { 'sec-fetch-site': 'cross-site' });
    expect(statusCode).toBe(403);
    expect(orders()).toEqual([]);
  });

  const others = FORMS.filter(([, role]) => role === 'provider' || role === 'officer');
  test.each(others.map(([path]) => path))('%s is refused for another role', async (path) => {
    expect((await post(path, {}, 'learner')).statusCode).toBe(403);
    expect(orders()).toEqual([]);
  });

  test.each([
    [paths.claim, 'learner', 'field-code'],
    [paths.merge, 'learner', 'field-code'],
    [paths.report, 'learner', 'field-title'],
    [paths.shares, 'learner', 'field-credentialIds'],
    [paths.recognition, 'learner', 'field-institution'],
    [paths.profile, 'learner', 'field-givenName'],
    [paths.erase, 'learner', 'field-word'],
    [paths.providerEvents, 'provider', 'field-learner'],
    [paths.claimCodes, 'provider', 'field-account'],
    ['/provider/credentials/crd_reader/revoke', 'provider', 'field-reason'],
    ['/cases/rec_open', 'officer', 'field-findings.level.finding'],
  ])('%s, sent empty, says what is missing and does nothing', async (path, role, field) => {
    const { statusCode, body } = await post(path, {}, role);
    expect(statusCode).toBe(422);
    expect(body).toContain(`<a href="#${field}">`);
    expect(body).toMatch(/<title>Please correct: /u);
    expect(pageFaults(body)).toEqual([]);
    expect(orders()).toEqual([]);
  });

  test('an account is given up with one button, and the page says so', async () => {
    const { statusCode, headers } = await post('/wallet/claims/clm_a/release', {}, 'learner');
    expect([statusCode, headers['location']]).toEqual([303, `${paths.claim}?done=released`]);
    expect(orders()).toEqual(['DELETE /v1/me/claims/clm_a']);
  });

  test('an account that another has claimed cannot be taken up again', async () => {
    const { statusCode, body } = await post('/wallet/claims/clm_b/restore', {}, 'learner');
    expect(statusCode).toBe(409);
    expect(body).toContain('Somebody else has claimed this account.');
  });

  test('a claim code that is wrong is shown again with what to do', async () => {
    const { statusCode, body } = await post(paths.claim, { code: 'ABCD-EFGH' }, 'learner');
    expect(statusCode).toBe(422);
    expect(body).toContain('value="ABCD-EFGH"');
    expect(body).toContain('Check it letter by letter');
  });

  test('a merge code that is wrong is shown again with what to do', async () => {
    const { statusCode, body } = await post(paths.merge, { code: 'ABCD-EFGH' }, 'learner');
    expect(statusCode).toBe(422);
    expect(body).toContain('value="ABCD-EFGH"');
    expect(body).toContain('sign in to the other record');
    expect(pageFaults(body)).toEqual([]);
  });

  test('two records become one, and the page says so', async () => {
    const { statusCode, headers } = await post(paths.merge, { code: 'GOOD-CODE' }, 'learner');
    expect([statusCode, headers['location']]).toEqual([303, `${paths.merge}?done=merged`]);
    expect(who().api.sent.at(-1)).toMatchObject({
      path: '/v1/me/merges',
      body: { code: 'GOOD-CODE' },
    });
  });

  test('a code for this record, and a link into the other, are shown once', async () => {
    const code = await post(paths.mergeCode, {}, 'learner');
    expect([code.statusCode, code.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(code.body).toContain('ABCD-EFGH-JKLM-NPQR');
    const parted = await post('/wallet/profile/merges/mrg_a/split', {}, 'learner');
    expect([parted.statusCode, parted.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(parted.body).toContain('https://ledger.example/sign-in/x');
    for (const { body } of [code, parted]) expect(pageFaults(body)).toEqual([]);
    const again = await post('/wallet/profile/merges/mrg_none/split', {}, 'learner');
    expect(again.statusCode).toBe(404);
  });

  test('a self-report is sent once for each form that was shown', async () => {
    const fields = { key: 'k-1', title: ' Bread ', occurredOn: '2026-11-01', hours: '1,5' };
    const { headers } = await post(paths.report, fields, 'learner');
    expect(headers.location).toBe('/wallet?done=reported');
    expect(who().api.sent.at(-1)).toMatchObject({
      path: '/v1/me/events',
      token: 'learner',
      idempotencyKey: 'k-1',
      body: { title: 'Bread', occurredOn: '2026-11-01', hours: 1.5, evidence: [] },
    });
  });

  test.each([
    [{ until: '7' }, '2026-12-02T14:00:00.000Z'],
    [{ until: '90', untilDay: '2027-01-01' }, '2027-02-23T14:00:00.000Z'],
    [{ until: 'date', untilDay: '2027-01-01' }, '2027-01-01T23:59:59Z'],
  ])('a share stops when the learner chose: %j', async (choice, until) => {
    const body = `credentialIds=crd_a&credentialIds=crd_b&${new URLSearchParams(choice as {}).toString()}`;
    expect((await post(paths.shares, body, 'learner')).statusCode).toBe(303);
    const sent = { credentialIds: ['crd_a', 'crd_b'], until };
    expect(who().api.sent.at(-1)?.body).toEqual(sent);
  });

  test.each([[{ until: 'date' }], [{ until: '7000' }], [{ until: 'date', untilDay: 'soon' }]])(
    'a share without an end is not made: %j',
    async (choice) => {
      const fields = { credentialIds: 'crd_a', ...(choice as {}) };
      expect((await post(paths.shares, fields, 'learner')).statusCode).toBe(422);
      expect(orders()).toEqual([]);
    },
  );

  test('erasing asks for a word, then forgets the session', async () => {
    expect((await post(paths.erase, { word: 'yes' }, 'learner')).statusCode).toBe(422);
    expect(orders()).toEqual([]);
    const { headers } = await post(paths.erase, { word: ' erase ' }, 'learner');
    expect(headers.location).toBe('/?done=erased');
    expect(headers['set-cookie']).toContain('Max-Age=0');
    expect(orders()).toEqual(['DELETE /v1/me']);
  });

  test('a provider gets a receipt for what they record', async () => {
    const fields = {
      key: 'k-1',
      learner: 'C-1',
      title: 'Reading',
      verb: 'passed',
      day: '2026-11-01',
    };
    const { statusCode, body } = await post(paths.providerEvents, fields, 'provider');
    expect(statusCode).toBe(200);
    expect(body).toContain('number 9,412 in the log');
    expect(who().api.sent.at(-1)).toMatchObject({
      contentType: 'application/cloudevents+json',
      body: { id: 'k-1', source: 'urn:llcl:ring-library:desk' },
    });
  });

  test('a credential is withdrawn only after a second look', async () => {
    const path = '/provider/credentials/crd_reader/revoke';
    const first = await post(path, { reason: 'Issued twice' }, 'provider');
    expect(first.body).toContain('for good?');
    expect(orders()).toEqual([]);
    const fields = { reason: 'Issued twice', confirmed: 'yes' };
    const second = await post(path, fields, 'provider');
    expect(second.headers.location).toBe('/provider?done=withdrawn');
    expect(orders()).toEqual(['POST /v1/credentials/crd_reader/revoke']);
  });

  test('a credential of somebody else cannot be withdrawn', async () => {
    const fields = { reason: 'x', confirmed: 'yes' };
    const { statusCode } = await post('/provider/credentials/crd_other/revoke', fields, 'provider');
    expect(statusCode).toBe(404);
    expect(orders()).toEqual([]);
  });
});
