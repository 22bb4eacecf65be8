import { describe, expect, test } from '@jest/globals';
import { jobWords } from './job-words.js';
import { progressScript } from './progress-script.js';
import { doneJob, runningJob } from './testing/sample-imports.js';
import { usingVisitor } from './testing/using-visitor.js';
import type { Visitor } from './testing/visitor.js';
import { english, Texts } from './texts.js';

const who = usingVisitor();
const WAITING = '/provider/imports/imp_waiting';
const chosen = {
  'column-0': 'email',
  'column-1': 'title',
  'column-2': 'date',
  'column-3': 'ignore',
  title: '',
  verb: 'completed',
  date: '',
  dateOrder: 'mdy',
  decimal: '.',
  encoding: '',
};

describe('the pages for spreadsheets', () => {
  test('hand an upload on as it comes, and show what would be recorded', async () => {
    const answer = await who().post('/provider/imports', 'not parsed here', 'provider', {
      'content-type': 'multipart/form-data; boundary=x',
    });
    expect([answer.statusCode, answer.headers.location]).toEqual([303, WAITING]);
    expect(who().api.sent.at(-1)).toMatchObject({
      method: 'POST',
      path: '/v1/imports',
      contentType: 'multipart/form-data; boundary=x',
      stream: expect.anything(),
    });
  });

  test.each<[Visitor['api']['problem'], string]>([
    ['too-large', 'The limit is 400 files and 2 GB'],
    ['invalid-input', 'No file arrived'],
    ['imports-full', 'Too many of your files'],
  ])('say of an upload that is refused with %s what to do', async (code, words) => {
    const request = who().api.request.bind(who().api);
    who().api.request = (asked) => {
      who().api.problem = asked.method === 'POST' ? code : undefined;
      return request(asked);
    };
    const { statusCode, body } = await who().post('/provider/imports', 'x', 'provider', {
      'content-type': 'multipart/form-data; boundary=x',
    });
    who().api.request = request;
    expect(statusCode).toBe(422);
    expect(body).toContain(words);
    expect(body).toContain('href="#field-file"');
  });

  test('keep what was chosen, and show the first rows again', async () => {
    const { statusCode, headers } = await who().post(
      WAITING,
      { ...chosen, action: 'preview' },
      'provider',
    );
    expect([statusCode, headers.location]).toEqual([303, `${WAITING}#preview`]);
    expect(who().orders()).toEqual(['PUT /v1/imports/imp_waiting/mapping']);
    expect(who().api.sent.find(({ method }) => method === 'PUT')?.body).toEqual({
      columns: [
        { name: 'Ausweis', field: 'email' },
        { name: 'Veranstaltung', field: 'title' },
        { name: 'Datum', field: 'date' },
        { name: 'Bemerkung', field: 'ignore' },
      ],
      verb: 'completed',
      dateOrder: 'mdy',
      decimal: '.',
    });
  });

  test('record when that was asked for, and not where something is missing', async () => {
    await who().post(WAITING, { ...chosen, action: 'record' }, 'provider');
    expect(who().orders()).toEqual([
      'PUT /v1/imports/imp_waiting/mapping',
      'POST /v1/imports/imp_waiting/confirm',
    ]);
    who().forget();
    const { statusCode, body } = await who().post(
      '/provider/imports/imp_unclear',
      { ...chosen, action: 'record' },
      'provider',
    );
    expect(statusCode).toBe(422);
    expect(body).toContain('href="#field-column-0"');
    expect(body).toContain('href="#field-title"');
    expect(who().orders()).toEqual(['PUT /v1/imports/imp_unclear/mapping']);
  });

  test.each([
    [{ 'column-1': 'nonsense' }, 'column-1'],
    [{ date: '2026-02-30' }, 'date'],
    [{ title: 'x'.repeat(201) }, 'title'],
  ])('send nothing that the API would refuse: %j', async (change, field) => {
    const { statusCode, body } = await who().post(WAITING, { ...chosen, ...change }, 'provider');
    expect(statusCode).toBe(422);
    expect(body).toContain(`href="#field-${field}"`);
    expect(who().orders()).toEqual([]);
  });

  test('carry a script where a bar moves, from us alone, and nowhere else', async () => {
    const { body, headers } = await who().get('/provider/imports/imp_running', 'provider');
    expect(body).toContain(`<script defer="" src="${progressScript.href}">`);
    expect(headers['content-security-policy']).toContain("script-src 'self'; connect-src 'self'");
    expect(body).toContain('420 of 1,000 rows. About 3 minutes left.');
    const script = await who().get(progressScript.href);
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
    const other = await who().get(WAITING, 'provider');
    expect(other.body).not.toContain('<script');
    expect(other.headers['content-security-policy']).not.toContain('script-src');
  });

  test('tell the script how far it is, until it has ended', async () => {
    const { body, headers } = await who().get('/provider/imports/imp_done/events', 'provider');
    expect(headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const words = jobWords(doneJob, new Texts(english));
    expect(body).toBe(`event: job\ndata: ${JSON.stringify(words)}\n\n`);
    expect(words).toMatchObject({ percent: 100, hasEnded: true });
    expect(jobWords({ ...runningJob, total: null, secondsLeft: null }, new Texts(english))).toEqual(
      { percent: null, line: '420 rows.', said: '0 % recorded', hasEnded: false },
    );
  });

  test('say that a job waits for the quota, and until when', () => {
    const waiting = { ...runningJob, secondsLeft: null, pausedUntil: '2026-11-25T13:02:10Z' };
    expect(jobWords(waiting, new Texts(english))).toEqual({
      percent: 42,
      line:
        '420 of 1,000 rows. Waiting until 25 November 2026 at 13:02 UTC, as you have sent all ' +
        'that your quota allows in a minute. It goes on by itself.',
      said: 'Waiting for the quota',
      hasEnded: false,
    });
  });

  test('show every row that was refused, and give the file to correct', async () => {
    const { body } = await who().get('/provider/imports/imp_done', 'provider');
    for (const words of [
      '980 rows recorded',
      '31.4.2026',
      'No calendar has this day.',
      'More rows',
    ])
      expect(body).toContain(words);
    const file = await who().get('/provider/imports/imp_done/refused.csv', 'provider');
    expect(file.headers['content-disposition']).toBe('attachment; filename="refused-rows.csv"');
    expect(file.body).toBe('a,b');
  });

  test('offer to try it only, and hand that on with the files', async () => {
    const { body } = await who().get('/provider/imports', 'provider');
    expect(body).toMatch(/<input type="checkbox" id="field-test" name="test" value="true"\/>/u);
    expect(body).toContain('<label for="field-test">Only try it: nothing is recorded</label>');
    expect(body).toContain('Trial of 25 November 2026');
    for (const words of ['nothing will be recorded', 'nothing is recorded', 'nothing was recorded'])
      expect(body).toContain(words);
  });

  test.each([
    ['imp_trial', ['This is a trial: nothing of it will be recorded', 'Try all rows']],
    ['imp_trying', ['Being tried', 'This is a trial', '25 % tried']],
    [
      'imp_tried',
      ['Tried: nothing was recorded', '995 rows would be recorded', '1 row would be refused'],
    ],
  ])('say in words that %s is a trial, and of no row that it is recorded', async (id, words) => {
    const { body } = await who().get(`/provider/imports/${id}`, 'provider');
    for (const one of words) expect(body).toContain(one);
    for (const one of ['Record all rows', '% recorded', 'rows recorded', 'recorded before'])
      expect(body).not.toContain(one);
    const live = await who().get('/provider/imports/imp_waiting', 'provider');
    expect(live.body).not.toContain('trial');
  });

  test('delete the files, and nothing for a form from elsewhere', async () => {
    const foreign = { 'sec-fetch-site': 'cross-site' };
    for (const path of ['/provider/imports', WAITING, `${WAITING}/delete`])
      expect((await who().post(path, {}, 'provider', foreign)).statusCode).toBe(403);
    expect(who().orders()).toEqual([]);
    const { headers } = await who().post(`${WAITING}/delete`, {}, 'provider');
    expect(headers.location).toBe('/provider/imports?done=importDeleted');
    expect(who().orders()).toEqual(['DELETE /v1/imports/imp_waiting']);
  });
});
