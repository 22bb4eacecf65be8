import { describe, expect, test } from '@jest/globals';
import { paths, pathTo } from './paths.js';
import { stylesheet } from './stylesheet.js';
import { pageFaults } from './testing/page-faults.js';
import { servePages } from './testing/serve-pages.js';
import { usingVisitor } from './testing/using-visitor.js';
import { BROWSER, type Visitor } from './testing/visitor.js';

const who = usingVisitor();
const get: Visitor['get'] = (...request) => who().get(...request);
const post: Visitor['post'] = (...request) => who().post(...request);
const orders: Visitor['orders'] = () => who().orders();

const OPEN = [paths.start, paths.signIn, '/sign-in/abc', paths.check, '/v/shr_open'];
const OWN: readonly (readonly [role: string, path: string])[] = [
  ['learner', paths.wallet],
  ['learner', '/wallet/credentials/crd_nursing'],
  ['learner', paths.claim],
  ['learner', paths.report],
  ['learner', paths.shares],
  ['learner', paths.recognition],
  ['learner', paths.profile],
  ['learner', paths.merge],
  ['learner', paths.erase],
  ['provider', paths.provider],
  ['provider', '/provider/credentials/crd_reader/revoke'],
  ['provider', paths.imports],
  ['provider', '/provider/imports/imp_waiting'],
  ['provider', '/provider/imports/imp_unclear'],
  ['provider', '/provider/imports/imp_running'],
  ['provider', '/provider/imports/imp_done'],
  ['provider', paths.deliveries],
  ['provider', '/provider/deliveries?state=refused&area=x&cursor=c'],
  ['provider', '/provider/deliveries/dlv_refused'],
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
    who().api.problem = code;
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
