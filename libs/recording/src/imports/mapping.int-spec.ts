import { describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { fresh, good, table, usingImporter } from '../testing/importer.js';
import { workbookOf } from '../testing/workbook.js';

/** What files and columns mean to an import; on the real log and PostgreSQL. */
const { desk } = usingImporter((definition, settings) =>
  createService(definition, loadConfig(settings)),
);

describe('an import', () => {
  it('reads many files as one, each by its own columns; what cannot be read is said of that file', async () => {
    const [mark, rows] = [
      fresh(),
      '<row><c t="str"><v>Status</v></c><c t="str"><v>Student</v></c><c t="str"><v>Course</v></c><c t="str"><v>Date</v></c></row>',
    ];
    const workbook = workbookOf(
      `${rows}<row><c t="str"><v>failed</v></c><c t="str"><v>${mark}</v></c><c t="str"><v>Nursing</v></c><c s="1"><v>46023</v></c></row>`,
    );
    const id = await desk().upload(
      { name: 'a.csv', content: table(good(3, `${mark}-a`)) },
      { name: 'b.xlsx', content: workbook },
      { name: 'c.pdf', content: '%PDF-1.7 …' },
      { name: 'd.csv', content: 'Foo,Bar\n1,2\n' },
      { name: 'e.csv', content: '' },
      { name: 'f.csv', content: table(good(3, `${mark}-f`)) },
    );
    const job = await desk().confirm(id);
    expect(job).toMatchObject({
      state: 'done',
      counts: { recorded: 7, duplicate: 0, refused: 0 },
      files: { done: 6, total: 6 },
    });
    const { files } = await desk().show(id);
    expect(files.map(({ problem }) => problem?.reason ?? '')).toEqual([
      '',
      '',
      expect.stringContaining('neither a CSV file nor'),
      expect.stringContaining('No column of this file says who learned'),
      'This file is empty.',
      '',
    ]);
  });

  it('is mapped by the person where nothing else says what columns mean, and remembers it', async () => {
    const content = (mark: string) => `x1,x2\n${mark},2.3.2026\n`;
    const first = await desk().upload({ name: 'a.csv', content: content(fresh()) });
    const shown = await desk().show(first);
    expect(shown).toMatchObject({
      missing: ['title'],
      rows: [],
      mapping: { verb: 'participated' },
    });
    const refused = await desk().send('POST', `/v1/imports/${first}/confirm`);
    expect([refused.status, JSON.parse(refused.text)]).toMatchObject([
      422,
      { code: 'import-incomplete', errors: [{ pointer: '#/title' }] },
    ]);
    const mapped = await desk().map(first, {
      title: 'First aid',
      verb: 'completed',
      dateOrder: 'mdy',
    });
    expect(mapped).toMatchObject({
      missing: [],
      rows: [{ title: 'First aid', verb: 'completed', date: '2026-02-03T12:00:00.000Z' }],
    });
    expect((await desk().confirm(first)).counts.recorded).toBe(1);
    const second = await desk().show(
      await desk().upload({ name: 'b.csv', content: content(fresh()) }),
    );
    // What was said of that file alone is asked again.
    expect(second).toMatchObject({
      remembered: true,
      missing: ['title'],
      mapping: { verb: 'completed', dateOrder: 'mdy' },
    });
  });

  it('can be told how a file is written', async () => {
    const cyrillic = Buffer.from(
      Array.from('Студент,Курс,Дата,x\nя,Уход,2026-05-04,', (c) => {
        const code = c.codePointAt(0) ?? 0;
        return code < 128 ? code : code - 0x410 + 0xc0;
      }),
    );
    const id = await desk().upload({ name: 'a.csv', content: cyrillic });
    expect((await desk().show(id)).files[0]?.encoding).toBe('windows-1252');
    const shown = await desk().map(id, { encoding: 'windows-1251' });
    expect(shown.columns.map(({ name }) => name)).toEqual(['Студент', 'Курс', 'Дата', 'x']);
    // … and be told otherwise again.
    const back = await desk().map(id, { encoding: undefined });
    expect(back.files[0]?.encoding).toBe('windows-1252');
    expect(back.columns.map(({ name }) => name)).not.toContain('Студент');
  });
});

describe('what is not let in', () => {
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
    const id = await desk().upload({ name: 'a.csv', content: table(good(1)) });
    await expect(desk().map(id, change)).rejects.toThrow(code);
    expect((await desk().send('DELETE', `/v1/imports/${id}`)).status).toBe(204);
  });
});
