import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { createDatabase, type Database } from '#testing';
import { Importer, MULTIPART, multipartOf } from '../testing/importer.js';
import { PUBLIC_URL, RunningRecorder } from '../testing/running-recorder.js';
import { client, event } from '../testing/samples.js';
import { workbookOf } from '../testing/workbook.js';
import { DeliveryBook } from '../deliveries/delivery-book.js';
import { Recorder } from '../recorder.js';
import { ImportRun, Interrupted } from './import-run.js';
import { ImportStore } from './import-store.js';
import { CLIENT_BYTES_MAX } from './limits.js';
import { RunningStore } from './running-store.js';
import { StoredFiles } from './stored-files.js';
import { Uploads } from './upload.js';

let database: Database;
let recorder: RunningRecorder;
let desk: Importer;
let other: Importer;
let url: URL;

beforeAll(async () => {
  database = await createDatabase();
  recorder = await RunningRecorder.start(
    (definition, settings) => createService(definition, loadConfig({ ...settings, PORT: '0' })),
    database.url,
  );
  const { app } = recorder.service;
  const as = (id: string) => recorder.tokenFor({ id, role: 'provider', organisation: id });
  desk = new Importer(app, await as(client.id));
  other = new Importer(app, await as('empty'));
  await app.listen(0, '127.0.0.1');
  url = new URL(await app.getUrl());
}, 60_000);

afterAll(async () => {
  await recorder?.stop();
  await database?.close();
}, 30_000);

let names = 0;
const fresh = (): string => `u-${(names += 1)}-${Date.now()}`;
const table = (rows: readonly string[], header = 'Student,Course,Status,Date,Score'): string =>
  `${[header, ...rows].join('\r\n')}\r\n`;
const good = (count: number, mark = fresh()): string[] =>
  Array.from({ length: count }, (_, n) => `${mark}-${n},Nursing,passed,2026-05-04,${n % 100}`);
const query = <T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> =>
  recorder.service.foundation.db.query(sql, [...parameters]);
/** Refused rows and files, as the deliveries tell them once what was noted is written. */
const refusedOnes = async (): Promise<number> => {
  await sleep(1_500);
  const headers = { authorization: desk.authorization };
  const path = '/v1/deliveries?channel=import';
  const { json } = await recorder.send('GET', path, undefined, headers);
  return (json['data'] as { counts: { refused: number } }[])
    .map(({ counts }) => counts.refused)
    .reduce((sum, refused) => sum + refused, 0);
};
const kept = async (): Promise<string> =>
  JSON.stringify(
    await query(
      `select (select count(*) from recording.import) as imports,
         (select count(*) from recording.import_chunk) as chunks`,
    ),
  );

describe('an import', () => {
  it('shows what it would record, records nothing before, and then all of it once', async () => {
    const before = await recorder.size();
    const content = table([...good(1_200), ',Nursing,passed,2026-05-04,1', 'x,Nursing,passd,,1']);
    const id = await desk.upload({ name: 'C:\\Grades\\may.csv', content });
    const shown = await desk.show(id);
    expect(shown).toMatchObject({
      id,
      job: id,
      state: 'waiting',
      missing: [],
      remembered: false,
      files: [
        { number: 1, name: 'may.csv', kind: 'csv', encoding: 'utf-8', bytes: content.length },
      ],
    });
    expect(shown.columns.map(({ field }) => field)).toEqual([
      'learner',
      'title',
      'verb',
      'date',
      'score',
    ]);
    expect(shown.rows[0]).toMatchObject({
      row: 2,
      title: 'Nursing',
      verb: 'passed',
      date: '2026-05-04T12:00:00.000Z',
      more: '0',
    });
    expect(await recorder.size()).toBe(before);
    const job = await desk.confirm(id);
    expect(job).toMatchObject({
      state: 'done',
      done: 1_203,
      total: 1_203,
      counts: { recorded: 1_200, duplicate: 0, refused: 2 },
      files: { done: 1, total: 1 },
    });
    expect(await recorder.size()).toBe(before + 1_200);

    const again = await desk.upload({ name: 'another name.csv', content });
    expect((await desk.show(again)).remembered).toBe(true);
    expect((await desk.confirm(again)).counts).toEqual({
      recorded: 0,
      duplicate: 1_200,
      refused: 2,
    });
    expect(await recorder.size()).toBe(before + 1_200);
  });

  it('stands among the deliveries with what became of its rows', async () => {
    const name = fresh();
    const content = `learner;title;date\n${name};Reading;2026-03-01\n;Reading;2026-03-01\n`;
    const id = await desk.upload({ name: 'rows.csv', content: Buffer.from(content) });
    const { counts } = await desk.confirm(id);
    expect(counts).toEqual({ recorded: 1, duplicate: 0, refused: 1 });
    const headers = { authorization: desk.authorization };
    const told = async (): Promise<object | undefined> => {
      const path = '/v1/deliveries?channel=import';
      const { json } = await recorder.send('GET', path, undefined, headers);
      return (json['data'] as { counts: object }[]).find(
        ({ counts: { recorded, refused } }: { counts: { recorded?: number; refused?: number } }) =>
          recorded === 1 && refused === 1,
      );
    };
    const until = Date.now() + 10_000;
    while (!(await told()) && Date.now() < until) await sleep(50);
    expect(await told()).toMatchObject({ channel: 'import', area: 'live' });
  });

  it('records what the provider would have posted: the same event again is a duplicate', async () => {
    const id = fresh();
    const account = { homePage: client.homePage, name: `${id}-l` };
    const headers = { authorization: desk.authorization };
    const posted = event(
      { id, time: undefined },
      {
        learner: { account },
        activity: { id: 'urn:llcl:uni:activity:nursing', type: 'course', name: { und: 'Nursing' } },
        occurredAt: '2026-05-04T12:00:00Z',
        result: { success: true, score: { raw: 7 } },
      },
    );
    const before = await recorder.size();
    await recorder.send('POST', '/v1/events', posted, headers);
    const header = 'Student,Course,Status,Date,Score,Event ID';
    const row = (score: number) => `${account.name},Nursing,passed,2026-05-04,${score},${id}`;
    const upload = await desk.upload({ name: 'a.csv', content: table([row(7), row(8)], header) });
    expect((await desk.confirm(upload)).counts).toEqual({ recorded: 0, duplicate: 1, refused: 1 });
    expect(await desk.errors(upload)).toEqual([
      {
        file: 1,
        row: 3,
        column: 'Event ID',
        value: id,
        reason: 'With this id something else is recorded already.',
        fix: expect.stringContaining('an id of its own'),
      },
    ]);
    expect(await recorder.size()).toBe(before + 1);
    const { entry, data } = await recorder.entryAt(before);
    expect(entry.provider).toBe(client.id);
    expect(data).toMatchObject({ raw: { format: 'native' } });
  });

  it('keeps no mail address: events name a hash, and the files are gone when it ends', async () => {
    const mail = `${fresh()}@uni.example`;
    const content = table([`${mail},Nursing,passed,2026-05-04`], 'E-Mail,Course,Status,Date');
    const before = await recorder.size();
    const id = await desk.upload({ name: `${mail}.csv`, content });
    const inDatabase = async (): Promise<string> => {
      const rows = await query('select * from recording.import_chunk, recording.import_file');
      return Buffer.from(JSON.stringify(rows)).toString('latin1');
    };
    expect(await inDatabase()).not.toContain(mail);
    const sealed = await query<{ sealed: Buffer }>('select sealed from recording.import_chunk');
    expect(sealed.some(({ sealed: bytes }) => bytes.includes(mail))).toBe(false);
    expect((await desk.confirm(id)).counts.recorded).toBe(1);
    const chunks = await query('select 1 from recording.import_chunk where import = $1', [id]);
    expect(chunks).toEqual([]);
    const { data } = await recorder.entryAt(before);
    expect(data).toMatchObject({ raw: { format: 'csv' } });
    expect(JSON.stringify(data)).not.toContain(mail);
  });

  it('tells every row that was refused, and gives them back to be corrected', async () => {
    const mark = fresh();
    const content = table([
      `${mark}-1,Nursing,pased,2026-05-04,1`,
      `${mark}-2,"=HYPERLINK(""http://evil.example"";""x"")",passed,2026-05-04,1`,
      `${mark}-3,Nursing,passed,31.2.2026,-5`,
      `${mark}-4,Nursing,passed,2099-01-01,1`,
      `+49 170 ${mark},"Ward; ""B""",passed,,1`,
      `${mark}-6,Nursing,passed,2026-05-04,1`,
    ]);
    const utf16 = Buffer.from(`\uFEFF${content}`, 'utf16le');
    const id = await desk.upload({ name: 'grades.csv', content: utf16 });
    expect((await desk.confirm(id)).counts).toEqual({ recorded: 1, duplicate: 0, refused: 5 });
    const errors = await desk.errors(id);
    expect(errors.map(({ row, column }) => `${row} ${column}`)).toEqual([
      '2 Status',
      '3 Course',
      '4 Date',
      '5 Date',
      '6 Date',
    ]);
    expect(errors[0]).toMatchObject({ value: 'pased', fix: 'Did you mean "passed"?' });
    const { text, headers } = await desk.send('GET', `/v1/imports/${id}/refused.csv`);
    expect(headers).toMatchObject({ 'content-disposition': expect.stringContaining('attachment') });
    const lines = text.split('\r\n');
    expect(lines[0]).toBe('\uFEFFStudent,Course,Status,Date,Score,Problem,What to do');
    expect(text).toContain(`'=HYPERLINK`);
    expect(text).toContain(`'+49 170`);
    expect(text).toContain(`'-5`);
    expect(text).not.toMatch(/(?:^|,|\n)"?[=+@-]/u);

    const corrected = text
      .replace(/"'=HYPER.*?\)",/u, 'Nursing,')
      .replace('pased', 'passed')
      .replace("31.2.2026,'-5", '28.2.2026,5')
      .replace('2099', '2026')
      .replace(',passed,,1', ',passed,2026-05-04,1');
    const second = await desk.upload({ name: 'refused-rows.csv', content: corrected });
    expect((await desk.show(second)).columns.map(({ field }) => field)).toEqual([
      'learner',
      'title',
      'verb',
      'date',
      'score',
      'ignore',
      'ignore',
    ]);
    expect((await desk.confirm(second)).counts).toEqual({ recorded: 5, duplicate: 0, refused: 0 });
  });

  it('reads many files as one, each by its own columns; what cannot be read is said of that file', async () => {
    const [mark, rows] = [
      fresh(),
      '<row><c t="str"><v>Status</v></c><c t="str"><v>Student</v></c><c t="str"><v>Course</v></c><c t="str"><v>Date</v></c></row>',
    ];
    const workbook = workbookOf(
      `${rows}<row><c t="str"><v>failed</v></c><c t="str"><v>${mark}</v></c><c t="str"><v>Nursing</v></c><c s="1"><v>46023</v></c></row>`,
    );
    const id = await desk.upload(
      { name: 'a.csv', content: table(good(3, `${mark}-a`)) },
      { name: 'b.xlsx', content: workbook },
      { name: 'c.pdf', content: '%PDF-1.7 …' },
      { name: 'd.csv', content: 'Foo,Bar\n1,2\n' },
      { name: 'e.csv', content: '' },
      { name: 'f.csv', content: table(good(3, `${mark}-f`)) },
    );
    const job = await desk.confirm(id);
    expect(job).toMatchObject({
      state: 'done',
      counts: { recorded: 7, duplicate: 0, refused: 0 },
      files: { done: 6, total: 6 },
    });
    const { files } = await desk.show(id);
    expect(files.map(({ problem }) => problem?.reason ?? '')).toEqual([
      '',
      '',
      expect.stringContaining('neither a CSV file nor'),
      expect.stringContaining('No column of this file says who learned'),
      'This file is empty.',
      '',
    ]);
  });

  it('gives rows back in the columns of their file, also of one that no preview looked into', async () => {
    const mark = fresh();
    const swapped = 'Date,Student,Status,Course,Score';
    const id = await desk.upload(
      ...Array.from({ length: 20 }, (_, n) => ({
        name: `${n}.csv`,
        content: table(good(1, `${mark}-${n}`)),
      })),
      { name: 'last.csv', content: table([`2026-05-04,${mark},pased,Nursing,1`], swapped) },
    );
    expect((await desk.confirm(id)).counts).toEqual({ recorded: 20, duplicate: 0, refused: 1 });
    const { text } = await desk.send('GET', `/v1/imports/${id}/refused.csv`);
    const [head, row] = text.split('\r\n');
    expect(head).toContain('Student,Course,Status,Date,Score,Problem');
    expect(row).toContain(`${mark},Nursing,pased,2026-05-04,1,`);
  });

  it('notes what has happened also where it is stopped at that moment', async () => {
    const app = recorder.service.app;
    const id = await desk.upload({ name: 'a.csv', content: table(good(1)) });
    const { mapping } = await desk.show(id);
    await query(
      `update recording.import set state = 'running', confirmed_at = now(), log_size = 0,
         lease = 'ours', leased_at = now(), leased_until = now() + interval '1 hour' where id = $1`,
      [id],
    );
    const before = await refusedOnes();
    const run = {
      stored: await app.get(ImportStore).find(id),
      mapping,
      client,
      holder: 'ours',
      claim: { id, logSize: 0, isAgain: false, goes: 4 },
      signal: AbortSignal.abort(),
    };
    const go = new ImportRun(
      run,
      app.get(ImportStore),
      app.get(StoredFiles),
      app.get(RunningStore),
      app.get(Recorder),
      app.get(DeliveryBook),
    );
    await expect(go.giveUp()).rejects.toBeInstanceOf(Interrupted);
    for (let n = 0; n < 8 && (await refusedOnes()) === before; n += 1) await sleep(100);
    expect(await refusedOnes()).toBe(before + 1);
    await query('delete from recording.import where id = $1', [id]);
  });

  it('stands among the deliveries also where no row of it can be read', async () => {
    const before = await refusedOnes();
    const good1 = { name: 'a.csv', content: table(good(1)) };
    const id = await desk.upload(good1, { name: 'b.csv', content: 'Foo,Bar\n1,2\n' });
    await desk.confirm(id);
    for (let n = 0; n < 8 && (await refusedOnes()) === before; n += 1) await sleep(100);
    expect(await refusedOnes()).toBe(before + 1);
  });

  it('is mapped by the person where nothing else says what columns mean, and remembers it', async () => {
    const content = (mark: string) => `x1,x2\n${mark},2.3.2026\n`;
    const first = await desk.upload({ name: 'a.csv', content: content(fresh()) });
    const shown = await desk.show(first);
    expect(shown).toMatchObject({
      missing: ['title'],
      rows: [],
      mapping: { verb: 'participated' },
    });
    const refused = await desk.send('POST', `/v1/imports/${first}/confirm`);
    expect([refused.status, JSON.parse(refused.text)]).toMatchObject([
      422,
      { code: 'import-incomplete', errors: [{ pointer: '#/title' }] },
    ]);
    const mapped = await desk.map(first, {
      title: 'First aid',
      verb: 'completed',
      dateOrder: 'mdy',
    });
    expect(mapped).toMatchObject({
      missing: [],
      rows: [{ title: 'First aid', verb: 'completed', date: '2026-02-03T12:00:00.000Z' }],
    });
    expect((await desk.confirm(first)).counts.recorded).toBe(1);
    const second = await desk.show(await desk.upload({ name: 'b.csv', content: content(fresh()) }));
    // What was said of that file alone is asked again.
    expect(second).toMatchObject({
      remembered: true,
      missing: ['title'],
      mapping: { verb: 'completed', dateOrder: 'mdy' },
    });
  });

  it('counts a row that stands in a file twice as recorded once', async () => {
    const rows = good(10);
    const id = await desk.upload({ name: 'a.csv', content: table([...rows, ...rows]) });
    expect((await desk.confirm(id)).counts).toEqual({ recorded: 10, duplicate: 10, refused: 0 });
  });

  it('can be told how a file is written', async () => {
    const cyrillic = Buffer.from(
      Array.from('Студент,Курс,Дата,x\nя,Уход,2026-05-04,', (c) => {
        const code = c.codePointAt(0) ?? 0;
        return code < 128 ? code : code - 0x410 + 0xc0;
      }),
    );
    const id = await desk.upload({ name: 'a.csv', content: cyrillic });
    expect((await desk.show(id)).files[0]?.encoding).toBe('windows-1252');
    const shown = await desk.map(id, { encoding: 'windows-1251' });
    expect(shown.columns.map(({ name }) => name)).toEqual(['Студент', 'Курс', 'Дата', 'x']);
    // … and be told otherwise again.
    const back = await desk.map(id, { encoding: undefined });
    expect(back.files[0]?.encoding).toBe('windows-1252');
    expect(back.columns.map(({ name }) => name)).not.toContain('Студент');
  });

  it('is followed live, and its stream ends with it', async () => {
    const id = await desk.upload({ name: 'a.csv', content: table(good(2_000)) });
    await desk.send('POST', `/v1/imports/${id}/confirm`);
    const { text, headers } = await desk.send('GET', `/v1/jobs/${id}/events`);
    expect(headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8' });
    const jobs = [...text.matchAll(/^event: job\ndata: (?<job>.*)$/gmu)].map(
      ({ groups }) => JSON.parse(groups?.['job'] ?? '{}') as { state: string; done: number },
    );
    expect(jobs.at(-1)).toMatchObject({ state: 'done', done: 2_001 });
    expect(jobs.length).toBeLessThan(30);
  });

  it('goes on from its place in another process, and counts what its first go recorded as recorded', async () => {
    const rows = good(3_000);
    const id = await desk.upload({ name: 'a.csv', content: table(rows) });
    const { mapping } = await desk.show(id);
    const before = await recorder.size();
    // As a process leaves it that dies after recording 1,500 rows, and moved its place past 1,000.
    const first = await desk.upload({ name: 'b.csv', content: table(rows.slice(0, 1_500)) });
    await desk.confirm(first);
    await desk.map(id, { ...mapping });
    await query(
      `update recording.import set state = 'running', confirmed_at = now(), log_size = $2,
         recorded = 1000, lease = 'dead', leased_at = now(),
         leased_until = now() + interval '1 second' where id = $1`,
      [id, before],
    );
    await query('update recording.import_file set row = 1001 where import = $1', [id]);
    expect((await desk.job(id)).state).toBe('running');
    expect(await desk.end(id)).toMatchObject({
      state: 'done',
      done: 3_001,
      counts: { recorded: 3_000, duplicate: 0, refused: 0 },
    });
    expect(await recorder.size()).toBe(before + 3_000);
  });

  it('is given up after three goes that moved nothing, whatever became of who made them', async () => {
    const id = await desk.upload({ name: 'a.csv', content: table(good(3)) });
    const { mapping } = await desk.show(id);
    await desk.map(id, { ...mapping });
    const before = await recorder.size();
    // As processes leave it that die while they read.
    await query(
      `update recording.import set state = 'running', confirmed_at = now(), log_size = $2,
         claims = 3, lease = 'dead', leased_at = now(), leased_until = now() where id = $1`,
      [id, before],
    );
    expect(await desk.end(id)).toMatchObject({ state: 'done', counts: { recorded: 0 } });
    const [file] = (await desk.show(id)).files;
    expect(file?.problem?.reason).toContain('went wrong on our side');
    expect(await recorder.size()).toBe(before);
  });

  it('counts each go, and forgets them when its place moves', async () => {
    const id = await desk.upload({ name: 'a.csv', content: table(good(3)) });
    const [kept] = await query<{ mapping: Buffer }>(
      `update recording.import set state = 'running', confirmed_at = now(), log_size = 0
       where id = $1 returning mapping`,
      [id],
    ).then((updated) => updated.flat() as { mapping: Buffer }[]);
    // It has no mapping: nobody can read it, and the go stays counted.
    expect(kept).toMatchObject({ mapping: null });
    const claims = async (): Promise<number | undefined> => {
      const sql = 'select claims from recording.import where id = $1';
      return (await query<{ claims: number }>(sql, [id]))[0]?.claims;
    };
    for (let n = 0; n < 100 && (await claims()) === 0; n += 1) await sleep(50);
    expect(await claims()).toBe(1);
    const other = await desk.upload({ name: 'a.csv', content: table(good(3)) });
    await desk.confirm(other);
    const sql = 'select claims from recording.import where id = $1';
    expect(await query(sql, [other])).toEqual([{ claims: 0 }]);
    await query('delete from recording.import where id = $1', [id]);
  });

  it('stops where it is when it is cancelled', async () => {
    const id = await desk.upload({ name: 'a.csv', content: table(good(20_000)) });
    await desk.send('POST', `/v1/imports/${id}/confirm`);
    expect((await desk.send('DELETE', `/v1/imports/${id}`)).status).toBe(204);
    const { counts } = await desk.job(id);
    await sleep(1_500);
    const job = await desk.job(id);
    expect(job).toMatchObject({ state: 'cancelled', counts });
    expect(job.counts.recorded).toBeLessThan(20_000);
    expect((await desk.send('POST', `/v1/imports/${id}/confirm`)).text).toContain('import-started');
  });
});

/** A file without end; says so after 4 MB. */
async function* endless(say: () => void): AsyncGenerator<Buffer> {
  yield multipartOf([{ name: 'a.csv', content: 'a,b\n' }]).subarray(0, -24);
  for (let n = 0; ; n += 1) {
    if (n === 4) say();
    yield Buffer.alloc(1024 ** 2, 'a,b\n');
    await sleep(1);
  }
}

describe('what is not let in', () => {
  const calls = (id: string): readonly (readonly ['GET' | 'PUT' | 'POST' | 'DELETE', string])[] => [
    ['GET', `/v1/imports/${id}`],
    ['GET', `/v1/imports/${id}/errors`],
    ['GET', `/v1/imports/${id}/refused.csv`],
    ['POST', `/v1/imports/${id}/confirm`],
    ['DELETE', `/v1/imports/${id}`],
    ['GET', `/v1/jobs/${id}`],
    ['GET', `/v1/jobs/${id}/events`],
  ];

  it('other clients find nothing of it, learners and strangers neither', async () => {
    const id = await desk.upload({ name: 'a.csv', content: table(good(1)) });
    const { app } = recorder.service;
    const learner = new Importer(app, await recorder.tokenFor({ id: 'per_x', role: 'learner' }));
    const nobody = new Importer(app, '');
    for (const [method, path] of [...calls(id), ...calls('imp_nowhere')]) {
      expect([path, (await other.send(method, path)).status]).toEqual([path, 404]);
      expect([path, (await learner.send(method, path)).status]).toEqual([path, 403]);
      expect([path, (await nobody.send(method, path)).status]).toEqual([path, 401]);
    }
    expect((await desk.show(id)).state).toBe('waiting');
    const list = JSON.parse((await other.send('GET', '/v1/imports')).text) as { data: unknown[] };
    expect(list.data).toEqual([]);
  });

  it.each<[string, string, Buffer | string, number, string]>([
    ['no file', MULTIPART, multipartOf([]), 400, 'invalid-input'],
    [
      'a form without a chosen file',
      MULTIPART,
      multipartOf([{ name: '', content: '' }]),
      400,
      'invalid-input',
    ],
    [
      'a body that breaks off',
      MULTIPART,
      multipartOf([{ name: 'a.csv', content: table(good(9)) }]).subarray(0, 300),
      400,
      'invalid-input',
    ],
    ['no boundary', 'multipart/form-data', 'x', 400, 'invalid-input'],
    ['noise', MULTIPART, 'x'.repeat(100_000), 400, 'invalid-input'],
    ['JSON', 'application/json', '{}', 415, 'unsupported-media-type'],
    [
      'too many files',
      MULTIPART,
      multipartOf(Array.from({ length: 402 }, (_, n) => ({ name: `${n}.csv`, content: 'a' }))),
      413,
      'too-large',
    ],
  ])('%s is refused, and nothing of it stays', async (_, type, payload, status, code) => {
    const before = await kept();
    const answer = await desk.send('POST', '/v1/imports', { type, payload });
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([status, { code }]);
    expect(await kept()).toBe(before);
  });

  it.each([
    ['true', 'An import shows a preview instead'],
    ['1', 'An import shows a preview instead'],
    ['perhaps', 'X-Ledger-Test is'],
  ])('a trial (%s) is refused: there is none of an import', async (said, detail) => {
    const id = await desk.upload({ name: 'a.csv', content: table(good(1)) });
    const before = [await kept(), await recorder.size()];
    const payload = multipartOf([{ name: 'a.csv', content: table(good(1)) }]);
    const trial = { 'x-ledger-test': said };
    for (const answer of [
      await desk.send('POST', '/v1/imports', { type: MULTIPART, payload }, trial),
      await desk.send('POST', `/v1/imports/${id}/confirm`, undefined, trial),
    ]) {
      expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
        400,
        { code: 'invalid-input', detail: expect.stringContaining(detail) },
      ]);
    }
    expect((await desk.show(id)).state).toBe('waiting');
    expect([await kept(), await recorder.size()]).toEqual(before);
    const live = { 'x-ledger-test': 'false' };
    const body = { type: MULTIPART, payload };
    expect((await desk.send('POST', '/v1/imports', body, live)).status).toBe(202);
  });

  it('3 GB are refused before they come', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(url.port), '127.0.0.1', () => {
        socket.write(
          `POST /v1/imports HTTP/1.1\r\nhost: x\r\nauthorization: ${desk.authorization}\r\ncontent-type: ${MULTIPART}\r\ncontent-length: ${3 * 1024 ** 3}\r\n\r\n--xx`,
        );
      });
      let text = '';
      socket.on('data', (piece: Buffer) => {
        text += piece.toString();
        if (text.includes('bytes')) socket.destroy();
      });
      socket.on('close', () => resolve(text)).on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /u);
    expect(answer).toContain('2147483648 bytes');
  });

  it.each([
    ['grows beyond the limit', 8 * 1024 ** 2, 'too-large'],
    ['is on its way when the process ends', Number.POSITIVE_INFINITY, 'unavailable'],
  ])('an upload that %s is cut off, and nothing of it stays', async (_, max, code) => {
    const before = await kept();
    const ending = new AbortController();
    const sent = recorder.service.app
      .get(Uploads)
      .take(
        client.id,
        { 'content-type': MULTIPART },
        Readable.from(endless(() => max > 1024 ** 3 && ending.abort())),
        ending.signal,
        max,
      );
    await expect(sent).rejects.toMatchObject({ code });
    expect(await kept()).toBe(before);
  });

  it('what is still coming counts for what a client may have here, piece by piece', async () => {
    const before = await kept();
    const full = async (bytes: number): Promise<void> => {
      await query(
        `update recording.import set bytes = $1 where state = 'uploading' and client = $2`,
        [bytes, client.id],
      );
    };
    let begun = 0;
    const held: number[] = [];
    const more = async function* (): AsyncGenerator<Buffer> {
      for await (const piece of endless(() => (begun += 1))) {
        yield piece;
        if (begun !== 1) continue;
        const [upload] = await query<{ bytes: string }>(
          `select bytes from recording.import where state = 'uploading'`,
        );
        held.push(Number(upload?.bytes));
        // As if the rest of what a client may have had come by another upload.
        await full(CLIENT_BYTES_MAX);
        begun += 1;
        const other = desk.upload({ name: 'b.csv', content: table(good(1)) });
        await expect(other).rejects.toThrow('imports-full');
      }
    };
    const sent = recorder.service.app
      .get(Uploads)
      .take(
        client.id,
        { 'content-type': MULTIPART },
        Readable.from(more()),
        new AbortController().signal,
        32 * 1024 ** 2,
      );
    await expect(sent).rejects.toMatchObject({ code: 'imports-full' });
    expect(held[0]).toBeGreaterThanOrEqual(1024 ** 2);
    expect(await kept()).toBe(before);
  });

  it('an upload that is given up leaves nothing behind', async () => {
    const before = await kept();
    const body = multipartOf([{ name: 'a.csv', content: Buffer.alloc(8 * 1024 * 1024, 'a,b\n') }]);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(url.port), '127.0.0.1', () => {
        socket.write(
          `POST /v1/imports HTTP/1.1\r\nhost: ${PUBLIC_URL}\r\nauthorization: ${desk.authorization}\r\ncontent-type: ${MULTIPART}\r\ncontent-length: ${body.length}\r\n\r\n`,
        );
        socket.write(body.subarray(0, 3 * 1024 * 1024), () =>
          setTimeout(() => socket.destroy(), 300),
        );
      });
      socket.on('close', () => resolve());
    });
    for (let n = 0; n < 100 && (await kept()) !== before; n += 1) await sleep(50);
    expect(await kept()).toBe(before);
  });

  it.each<[string, object, string]>([
    ['a source of others', { source: 'urn:llcl:other:x' }, 'source-not-yours'],
    ['a word that is no field', { columns: [{ name: 'a', field: 'name' }] }, 'invalid-input'],
    [
      'a meaning twice',
      {
        columns: [
          { name: 'a', field: 'date' },
          { name: 'b', field: 'date' },
        ],
      },
      'invalid-input',
    ],
    ['a day of no calendar', { date: '2026-02-30' }, 'invalid-input'],
    ['something unknown', { more: 1 }, 'invalid-input'],
  ])('a mapping with %s', async (_, change, code) => {
    const id = await desk.upload({ name: 'a.csv', content: table(good(1)) });
    await expect(desk.map(id, change)).rejects.toThrow(code);
    expect((await desk.send('DELETE', `/v1/imports/${id}`)).status).toBe(204);
  });

  it('a workbook that unpacks without end is said to be one, and the others go on', async () => {
    const more = { 'xl/worksheets/sheet1.xml': Buffer.alloc(64 * 1024 * 1024, '<a/>') };
    const id = await desk.upload(
      { name: 'bomb.xlsx', content: workbookOf('', { more }) },
      { name: 'good.csv', content: table(good(1)) },
    );
    expect((await desk.show(id)).files[0]?.problem?.reason).toMatch(
      /unpacks to far more|not as it/u,
    );
    expect((await desk.confirm(id)).counts).toMatchObject({ recorded: 1 });
  });
});
