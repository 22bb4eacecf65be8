import { describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { fresh, good, table, usingImporter } from '../testing/importer.js';
import { client, event } from '../testing/samples.js';

/** What an import records and refuses; on the real log and PostgreSQL. */
const { recorder, desk, query } = usingImporter((definition, settings) =>
  createService(definition, loadConfig(settings)),
);

describe('an import', () => {
  it('shows what it would record, records nothing before, and then all of it once', async () => {
    const before = await recorder().size();
    const content = table([...good(1_200), ',Nursing,passed,2026-05-04,1', 'x,Nursing,passd,,1']);
    const id = await desk().upload({ name: 'C:\\Grades\\may.csv', content });
    const shown = await desk().show(id);
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
    expect(await recorder().size()).toBe(before);
    const job = await desk().confirm(id);
    expect(job).toMatchObject({
      state: 'done',
      done: 1_203,
      total: 1_203,
      counts: { recorded: 1_200, duplicate: 0, refused: 2 },
      files: { done: 1, total: 1 },
    });
    expect(await recorder().size()).toBe(before + 1_200);

    const again = await desk().upload({ name: 'another name.csv', content });
    expect((await desk().show(again)).remembered).toBe(true);
    expect((await desk().confirm(again)).counts).toEqual({
      recorded: 0,
      duplicate: 1_200,
      test: 0,
      refused: 2,
    });
    expect(await recorder().size()).toBe(before + 1_200);
  });

  it('records what the provider would have posted: the same event again is a duplicate', async () => {
    const id = fresh();
    const account = { homePage: client.homePage, name: `${id}-l` };
    const headers = { authorization: desk().authorization };
    const posted = event(
      { id, time: undefined },
      {
        learner: { account },
        activity: { id: 'urn:llcl:uni:activity:nursing', type: 'course', name: { und: 'Nursing' } },
        occurredAt: '2026-05-04T12:00:00Z',
        result: { success: true, score: { raw: 7 } },
      },
    );
    const before = await recorder().size();
    await recorder().send('POST', '/v1/events', posted, headers);
    const header = 'Student,Course,Status,Date,Score,Event ID';
    const row = (score: number) => `${account.name},Nursing,passed,2026-05-04,${score},${id}`;
    const upload = await desk().upload({ name: 'a.csv', content: table([row(7), row(8)], header) });
    expect((await desk().confirm(upload)).counts).toEqual({
      recorded: 0,
      duplicate: 1,
      test: 0,
      refused: 1,
    });
    expect(await desk().errors(upload)).toEqual([
      {
        file: 1,
        row: 3,
        column: 'Event ID',
        value: id,
        reason: 'With this id something else is recorded already.',
        fix: expect.stringContaining('an id of its own'),
      },
    ]);
    expect(await recorder().size()).toBe(before + 1);
    const { entry, data } = await recorder().entryAt(before);
    expect(entry.provider).toBe(client.id);
    expect(data).toMatchObject({ raw: { format: 'native' } });
  });

  it('keeps no mail address: events name a hash, and the files are gone when it ends', async () => {
    const mail = `${fresh()}@uni.example`;
    const content = table([`${mail},Nursing,passed,2026-05-04`], 'E-Mail,Course,Status,Date');
    const before = await recorder().size();
    const id = await desk().upload({ name: `${mail}.csv`, content });
    const inDatabase = async (): Promise<string> => {
      const rows = await query('select * from recording.import_chunk, recording.import_file');
      // Bytes as text: as lists of numbers nothing could be found in them.
      return rows
        .flatMap((row) => Object.values(row as object) as unknown[])
        .map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : JSON.stringify(value)))
        .join('\n');
    };
    expect(await inDatabase()).not.toContain(mail);
    const sealed = await query<{ sealed: Buffer }>('select sealed from recording.import_chunk');
    expect(sealed.some(({ sealed: bytes }) => bytes.includes(mail))).toBe(false);
    expect((await desk().confirm(id)).counts.recorded).toBe(1);
    const chunks = await query('select 1 from recording.import_chunk where import = $1', [id]);
    expect(chunks).toEqual([]);
    const { data } = await recorder().entryAt(before);
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
    const id = await desk().upload({ name: 'grades.csv', content: utf16 });
    expect((await desk().confirm(id)).counts).toEqual({
      recorded: 1,
      duplicate: 0,
      test: 0,
      refused: 5,
    });
    const errors = await desk().errors(id);
    expect(errors.map(({ row, column }) => `${row} ${column}`)).toEqual([
      '2 Status',
      '3 Course',
      '4 Date',
      '5 Date',
      '6 Date',
    ]);
    expect(errors[0]).toMatchObject({ value: 'pased', fix: 'Did you mean "passed"?' });
    const { text, headers } = await desk().send('GET', `/v1/imports/${id}/refused.csv`);
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
    const second = await desk().upload({ name: 'refused-rows.csv', content: corrected });
    expect((await desk().show(second)).columns.map(({ field }) => field)).toEqual([
      'learner',
      'title',
      'verb',
      'date',
      'score',
      'ignore',
      'ignore',
    ]);
    expect((await desk().confirm(second)).counts).toEqual({
      recorded: 5,
      duplicate: 0,
      test: 0,
      refused: 0,
    });
  });

  it('gives rows back in the columns of their file, also of one that no preview looked into', async () => {
    const mark = fresh();
    const swapped = 'Date,Student,Status,Course,Score';
    const id = await desk().upload(
      ...Array.from({ length: 20 }, (_, n) => ({
        name: `${n}.csv`,
        content: table(good(1, `${mark}-${n}`)),
      })),
      { name: 'last.csv', content: table([`2026-05-04,${mark},pased,Nursing,1`], swapped) },
    );
    expect((await desk().confirm(id)).counts).toEqual({
      recorded: 20,
      duplicate: 0,
      test: 0,
      refused: 1,
    });
    const { text } = await desk().send('GET', `/v1/imports/${id}/refused.csv`);
    const [head, row] = text.split('\r\n');
    expect(head).toContain('Student,Course,Status,Date,Score,Problem');
    expect(row).toContain(`${mark},Nursing,pased,2026-05-04,1,`);
  });

  it('counts a row that stands in a file twice as recorded once', async () => {
    const rows = good(10);
    const id = await desk().upload({ name: 'a.csv', content: table([...rows, ...rows]) });
    expect((await desk().confirm(id)).counts).toEqual({
      recorded: 10,
      duplicate: 10,
      test: 0,
      refused: 0,
    });
  });
});
