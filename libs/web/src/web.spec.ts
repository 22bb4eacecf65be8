import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { paths, pathTo } from './paths.js';
import { stylesheet } from './stylesheet.js';
import { pageFaults } from './testing/page-faults.js';
import type { SampleApi } from './testing/sample-api.js';
import { servePages } from './testing/serve-pages.js';

const BROWSER = { accept: 'text/html,application/xhtml+xml', 'sec-fetch-site': 'same-origin' };
let app: NestFastifyApplication;
let api: SampleApi;

beforeAll(async () => {
  ({ app, api } = await servePages());
});
afterAll(() => app.close());
afterEach(() => {
  api.sent.length = 0;
  api.problem = undefined;
});

const as = (role: string | undefined) => (role ? { cookie: `session=${role}` } : {});
const get = (url: string, role?: string, headers: Record<string, string> = {}) =>
  app.inject({ method: 'GET', url, headers: { ...BROWSER, ...as(role), ...headers } });
const post = (
  url: string,
  fields: Record<string, string> | string,
  role?: string,
  headers: Record<string, string> = {},
) =>
  app.inject({
    method: 'POST',
    url,
    headers: {
      ...BROWSER,
      ...as(role),
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    },
    payload: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
  });
/** What the API was sent to do, apart from being asked who is there. */
const orders = () =>
  api.sent.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);

const OPEN = [paths.start, paths.signIn, '/sign-in/abc', paths.check, '/v/shr_open'];
const OWN: readonly (readonly [role: string, path: string])[] = [
  ['learner', paths.wallet],
  ['learner', '/wallet/credentials/crd_nursing'],
  ['learner', paths.claim],
  ['learner', paths.report],
  ['learner', paths.shares],
  ['learner', paths.recognition],
  ['learner', paths.profile],
  ['learner', paths.erase],
  ['provider', paths.provider],
  ['provider', '/provider/credentials/crd_reader/revoke'],
  ['officer', paths.cases],
  ['officer', '/cases/rec_open'],
];

describe('pages', () => {
  test.each(OPEN)('%s is open to everybody', async (path) => {
    const { statusCode, body } = await get(path);
    expect(statusCode).toBe(200);
    expect(pageFaults(body)).toEqual([]);
  });

  test.each(OWN)('for a %s: %s', async (role, path) => {
    const { statusCode, body, headers } = await get(path, role);
    expect(statusCode).toBe(200);
    expect(pageFaults(body)).toEqual([]);
    expect(headers['cache-control']).toBe('no-store');
  });

  test.each(OWN)('not for others than a %s: %s', async (role, path) => {
    const stranger = role === 'learner' ? 'officer' : 'learner';
    expect((await get(path)).statusCode).toBe(401);
    expect((await get(path, 'a token that has ended')).statusCode).toBe(401);
    expect((await get(path, stranger)).statusCode).toBe(403);
    expect((await get(path, 'employer')).statusCode).toBe(403);
  });

  test('let nothing run, nothing in and nothing out', async () => {
    for (const path of ['/', '/check', '/nowhere', '/v/shr_open']) {
      const { headers } = await get(path);
      expect(headers['content-security-policy']).toBe(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; " +
          "frame-ancestors 'none'; base-uri 'none'",
      );
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('same-origin');
    }
  });

  test('tell no cache to keep what only the visitor may see', async () => {
    expect((await get('/')).headers['cache-control']).toBe('no-cache');
    expect((await get('/', 'learner')).headers['cache-control']).toBe('no-store');
    expect((await get('/v/shr_open')).headers['cache-control']).toBe('no-store');
    expect((await get('/v/shr_open')).headers['x-robots-tag']).toBe('noindex');
  });

  test('are drawn by one stylesheet that may be kept for good', async () => {
    expect((await get('/')).body).toContain(`href="${stylesheet.href}"`);
    const { headers, statusCode } = await get(stylesheet.href);
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toBe('text/css; charset=utf-8');
    expect(headers['cache-control']).toContain('immutable');
    expect((await get('/assets/style-000000000000.css')).statusCode).toBe(404);
    expect((await get('/assets/..%2Fmessages%2Fen.json')).statusCode).toBe(404);
  });
});

describe('problems', () => {
  test.each([
    ['/nowhere', 404, 'There is nothing here'],
    ['/v/shr_stopped', 410, 'This link has stopped'],
    [paths.wallet, 401, 'Please sign in'],
  ])('%s is answered with a page', async (path, status, words) => {
    const { statusCode, body, headers } = await get(path);
    expect(statusCode).toBe(status);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(body).toContain(words);
    expect(body).toMatch(/Number of this request:.*<code>.+<\/code>/u);
    expect(pageFaults(body)).toEqual([]);
  });

  test('programs get problem details, and browsers that prefer them too', async () => {
    const { headers } = await get('/nowhere', undefined, { accept: 'application/json' });
    expect(headers['content-type']).toContain('application/problem+json');
  });

  test.each([
    ['unavailable', 503, 'A part of the system is away'],
    ['rate-limited', 429, 'Too many tries'],
    ['internal-error', 500, 'Something went wrong on our side'],
  ] as const)('of the API reach the reader: %s', async (code, status, words) => {
    api.problem = code;
    const { statusCode, body } = await get(paths.wallet, 'learner');
    expect(statusCode).toBe(status);
    expect(body).toContain(words);
  });
});

describe('signing in', () => {
  test('a link only shows a button: it is used up by pressing it', async () => {
    const { body } = await get('/sign-in/good');
    expect(body).toMatch(/<form [^>]*action="\/sign-in\/good" method="post"/u);
    expect(orders()).toEqual([]);
  });

  test('keeps the token in a cookie that scripts and other sites cannot use', async () => {
    const { statusCode, headers } = await post('/sign-in/good', {});
    expect([statusCode, headers.location]).toEqual([303, '/wallet']);
    expect(headers['set-cookie']).toBe(
      'session=learner; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600; Secure',
    );
  });

  test('a link that was used leads nowhere, and sets no cookie', async () => {
    const { statusCode, headers, body } = await post('/sign-in/used', {});
    expect(statusCode).toBe(410);
    expect(headers['set-cookie']).toBeUndefined();
    expect(body).toContain('This sign-in link was used or is too old.');
  });

  test.each([
    ['learner', '/wallet'],
    ['library', '/provider'],
    ['second-university', '/cases'],
    ['employer', '/check'],
    ['admin', '/'],
  ])('in the demo, %s starts at %s', async (persona, start) => {
    expect((await get(pathTo(paths.demoSignIn, { persona }))).headers.location).toBe(start);
  });

  test('signing out forgets the token', async () => {
    const { headers } = await post(paths.signOut, {}, 'learner');
    expect(headers.location).toBe('/?done=signedOut');
    expect(headers['set-cookie']).toContain('session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0');
  });

  test('outside the demo nobody becomes somebody by a link, on plain http without Secure', async () => {
    const real = await servePages({ demo: false, publicUrl: 'http://localhost:3000' });
    const ask = (method: 'GET' | 'POST', url: string) =>
      real.app.inject({ method, url, headers: BROWSER });
    expect((await ask('GET', '/demo/sign-in/learner')).statusCode).toBe(404);
    expect((await ask('GET', '/')).body).not.toContain('Try it as somebody');
    expect((await ask('POST', '/sign-in/good')).headers['set-cookie']).not.toContain('Secure');
    await real.app.close();
  });
});

describe('forms', () => {
  const FORMS = [
    [paths.claim, 'learner'],
    [paths.report, 'learner'],
    [paths.shares, 'learner'],
    ['/wallet/shares/shr_open/stop', 'learner'],
    [paths.recognition, 'learner'],
    [paths.profile, 'learner'],
    [paths.erase, 'learner'],
    [paths.providerEvents, 'provider'],
    [paths.claimCodes, 'provider'],
    ['/provider/credentials/crd_reader/revoke', 'provider'],
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

  test('a claim code that is wrong is shown again with what to do', async () => {
    const { statusCode, body } = await post(paths.claim, { code: 'ABCD-EFGH' }, 'learner');
    expect(statusCode).toBe(422);
    expect(body).toContain('value="ABCD-EFGH"');
    expect(body).toContain('Check it letter by letter');
  });

  test('a self-report is sent once for each form that was shown', async () => {
    const fields = { key: 'k-1', title: ' Bread ', occurredOn: '2026-11-01', hours: '1,5' };
    const { headers } = await post(paths.report, fields, 'learner');
    expect(headers.location).toBe('/wallet?done=reported');
    expect(api.sent.at(-1)).toMatchObject({
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
    expect(api.sent.at(-1)?.body).toEqual(sent);
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
    expect(api.sent.at(-1)).toMatchObject({
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

describe('a decision', () => {
  const compared = Object.fromEntries(
    ['level', 'workload', 'quality', 'profile', 'learningOutcomes'].flatMap((name) => [
      [`findings.${name}.finding`, 'equivalent'],
      [`findings.${name}.evidence`, 'left over'],
    ]),
  );

  test('that the API refuses is shown again with all that was typed', async () => {
    const fields = { ...compared, outcome: 'Negative', reasons: 'It is from abroad.' };
    const { statusCode, body } = await post('/cases/rec_open', fields, 'officer');
    expect(statusCode).toBe(422);
    expect(body).toContain('href="#field-findings.level.evidence"');
    expect(body).toContain('>It is from abroad.</textarea>');
    expect(body).toMatch(
      /value="Negative" checked|checked="" value="Negative"|checked=""[^>]*value="Negative"/u,
    );
    expect(pageFaults(body)).toEqual([]);
  });

  test('carries evidence only for a substantial difference', async () => {
    const fields = {
      ...compared,
      'findings.level.finding': 'substantial-difference',
      'findings.level.relevance': 'It matters.',
      outcome: 'Partially Positive',
      reasons: 'A part of it.',
      'credit.value': '4.5',
      'credit.system': 'ECTS',
    };
    const { headers } = await post('/cases/rec_open', fields, 'officer');
    expect(headers.location).toBe('/cases?done=decided');
    expect(api.sent.at(-1)?.body).toMatchObject({
      credit: { system: 'ECTS', value: 4.5 },
      findings: {
        level: {
          finding: 'substantial-difference',
          evidence: 'left over',
          relevance: 'It matters.',
        },
        quality: { finding: 'equivalent', evidence: '', relevance: '' },
      },
    });
  });
});

describe('checking', () => {
  const upload = (name: string, content: string, file = '') => {
    const part = (head: string, text: string) =>
      `--b\r\ncontent-disposition: form-data; ${head}\r\n\r\n${text}\r\n`;
    return app.inject({
      method: 'POST',
      url: paths.check,
      headers: { ...BROWSER, 'content-type': 'multipart/form-data; boundary=b' },
      payload: `${part('name="credential"', name)}${part(`name="file"; filename="${file}"`, content)}--b--\r\n`,
    });
  };

  test.each([
    ['pasted', () => upload('{"sample":"genuine"}', ''), 'Genuine and in force'],
    ['in a file', () => upload('', '{"sample":"withdrawn"}', 'c.json'), 'Withdrawn'],
    [
      'in a file, with text left over',
      () => upload('x', '{"sample":"changed"}', 'c'),
      'Do not trust',
    ],
    ['as a plain form', () => post(paths.check, { credential: 'eyJh.eyJi.c2ln' }), 'Genuine'],
  ])('a credential %s is judged', async (_, send, words) => {
    const { statusCode, body } = await send();
    expect(statusCode).toBe(200);
    expect(body).toContain(words);
    expect(pageFaults(body)).toEqual([]);
  });

  test('a share link leads to what is shared', async () => {
    const { statusCode, headers } = await upload('https://ledger.example/v/shr_open', '');
    expect([statusCode, headers.location]).toEqual([303, '/v/shr_open']);
  });

  test('what cannot be read is said kindly, and what was pasted stays', async () => {
    const { statusCode, body } = await upload('{"half": ', '');
    expect(statusCode).toBe(422);
    expect(body).toContain('The text is not complete.');
    expect(body).toContain('>{&quot;half&quot;: </textarea>');
    expect(orders()).toEqual([]);
  });

  test.each([
    ['a text', () => upload('x'.repeat(1024 * 1024 + 1), '')],
    ['a file', () => upload('', 'x'.repeat(1024 * 1024 + 1), 'big.json')],
  ])('%s of more than 1 MB is too large', async (_, send) => {
    const { statusCode, body } = await send();
    expect(statusCode).toBe(413);
    expect(body).toContain('That is too large');
    expect(orders()).toEqual([]);
  });

  test('a body that breaks off is the sender’s fault, not ours', async () => {
    const { statusCode } = await app.inject({
      method: 'POST',
      url: paths.check,
      headers: { ...BROWSER, 'content-type': 'multipart/form-data; boundary=b' },
      payload: '--b\r\ncontent-disposition: form-data; name="credential"\r\n\r\n{"a',
    });
    expect(statusCode).toBe(400);
  });
});

describe('files', () => {
  test('a credential is handed out as a file', async () => {
    const { headers, body } = await get(
      '/wallet/credentials/crd_nursing/credential.json',
      'learner',
    );
    expect(headers['content-disposition']).toBe('attachment; filename="credential.json"');
    expect(JSON.parse(body)).toMatchObject({ id: 'crd_nursing' });
  });

  test('one that is not the learner’s is not there', async () => {
    const { statusCode } = await get('/wallet/credentials/crd_other/credential.json', 'learner');
    expect(statusCode).toBe(404);
  });

  test('a transcript without a name says what is missing instead', async () => {
    const { statusCode, body } = await get(paths.transcript, 'learner');
    expect(statusCode).toBe(422);
    expect(body).toContain('Add your given name and family name to your profile first.');
  });
});
