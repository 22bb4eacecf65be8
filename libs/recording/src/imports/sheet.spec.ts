import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '#kernel';
import { fileOf, workbookOf, zipOf } from '../testing/workbook.js';
import { encodingOf, Utf8Check } from './encoding.js';
import { type FileBytes, FileFault } from './faults.js';
import { CELL_CHARS_MAX } from './limits.js';
import { kindOf, openSheet } from './sheet.js';

const utf16be = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16();
const check = (bytes: Buffer, size = 3): boolean => {
  const utf8 = new Utf8Check();
  for (let at = 0; at < bytes.length; at += size) utf8.add(bytes.subarray(at, at + size));
  return utf8.result;
};
const csv = async (
  content: Buffer | string,
  size?: number,
  bytes: FileBytes = fileOf(content, size),
) => {
  const sheet = await openSheet({ kind: 'csv', bytes, isUtf8: check(Buffer.from(content)) });
  return { sheet, rows: await all(sheet.rows) };
};
const all = async (rows: AsyncIterable<readonly { row: number; cells: readonly string[] }[]>) => {
  const found: { row: number; cells: readonly string[] }[] = [];
  for await (const some of rows) found.push(...some);
  return found;
};
const xlsx = async (content: Buffer) => {
  const sheet = await openSheet({ kind: 'xlsx', bytes: fileOf(content), isUtf8: false });
  return { sheet, rows: await all(sheet.rows) };
};
const faultOf = async (work: Promise<unknown>): Promise<FileFault> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof FileFault) return error;
    throw error;
  }
  throw new Error('nothing was wrong with it');
};

const TABLE = 'Matrikel;Kurs;Prüfung\r\n7;Übung, Teil 1;1,5\r\n';
const [HEADER, ROW] = [
  ['Matrikel', 'Kurs', 'Prüfung'],
  ['7', 'Übung, Teil 1', '1,5'],
];

describe('CSV', () => {
  it.each<[string, Buffer]>([
    ['utf-8', Buffer.from(TABLE)],
    ['utf-8', Buffer.from(`\uFEFF${TABLE}`)],
    ['utf-16le', Buffer.from(`\uFEFF${TABLE}`, 'utf16le')],
    ['utf-16le', Buffer.from(TABLE, 'utf16le')],
    ['utf-16be', utf16be(TABLE)],
    ['windows-1252', Buffer.from(TABLE, 'latin1')],
  ])('is read as %s', async (encoding, bytes) => {
    const { sheet, rows } = await csv(bytes, 7);
    expect(sheet.encoding).toBe(encoding);
    expect(sheet.delimiter).toBe(';');
    expect(sheet.header).toEqual({ row: 1, names: HEADER });
    expect(rows).toEqual([{ row: 2, cells: ROW }]);
  });

  it('is UTF-8 only if all of it is, however far down the first other byte stands', () => {
    const long = Buffer.from('x'.repeat(10_000));
    expect(check(Buffer.concat([long, Buffer.from('é', 'latin1'), long]), 999)).toBe(false);
    expect(check(Buffer.concat([long, Buffer.from('é€😀'), long]), 1)).toBe(true);
    expect(check(Buffer.from('é€😀').subarray(0, 8), 2)).toBe(false);
    expect(encodingOf(Buffer.from('abc'), false)).toBe('windows-1252');
  });

  it.each([
    [',', 'a,b\n1,2\n'],
    ['\t', 'a\tb, c\n1\t2\n'],
    [';', 'sep=;\na;b,c,d\n1;2,2\n'],
    ['|', 'a|b\r1|2\r'],
    [';', '"x,y,z";b\n"1,2,3";c\n'],
  ])('cuts at %j', async (delimiter, text) => {
    const { sheet } = await csv(text);
    expect(sheet.delimiter).toBe(delimiter);
    expect(sheet.header.names).toHaveLength(2);
  });

  it('keeps quotes, line breaks and blank rows in their places', async () => {
    const { rows } = await csv('id,text\n1,"a ""b""\nc"\n\n2,5" disk\n', 5);
    expect(rows).toEqual([
      { row: 2, cells: ['1', 'a "b"\nc'] },
      { row: 3, cells: [''] },
      { row: 4, cells: ['2', '5" disk'] },
    ]);
  });

  it('finds the names under a title, and calls columns by letters where there are none', async () => {
    const titled = await csv('Summer term,,\n,,\nStudent,Course,Day\n1,A,2026-01-02\n');
    expect(titled.sheet.header).toEqual({ row: 3, names: ['Student', 'Course', 'Day'] });
    expect(titled.rows).toEqual([{ row: 4, cells: ['1', 'A', '2026-01-02'] }]);
    const bare = await csv('7,Nursing,2026-01-02\n8,Nursing,2026-01-03\n');
    expect(bare.sheet.header).toEqual({ row: 0, names: ['A', 'B', 'C'] });
    expect(bare.rows).toHaveLength(2);
  });

  it('tells columns of one name apart', async () => {
    const { sheet } = await csv('Note,note,,x\na,b,c,d\n');
    expect(sheet.header.names).toEqual(['Note', 'note (2)', 'C', 'x']);
  });

  it('gives the rows before a quote that never closes, and says where it opens', async () => {
    for (const after of ['', 'x,y\n'.repeat(500_000)]) {
      const bytes = fileOf(`a,b\n1,2\n3,"4\n${after}`, 65_536);
      const sheet = await openSheet({ kind: 'csv', bytes, isUtf8: true });
      const seen: number[] = [];
      const fault = await faultOf(
        (async () => {
          for await (const some of sheet.rows) seen.push(...some.map(({ row }) => row));
        })(),
      );
      expect(seen).toEqual([2]);
      expect(fault.row).toBe(3);
      expect(fault.fix).toMatch(/quotation mark/u);
    }
  });

  it('goes on after a row of 10,000 columns, and refuses a header of so many', async () => {
    const wide = 'x,'.repeat(9_999);
    const { rows } = await csv(`a,b\n1,2\n${wide}\n3,4\n`);
    expect(rows.map(({ cells }) => cells.length)).toEqual([2, 10_000, 2]);
    const fault = await faultOf(csv(`${'name,'.repeat(9_999)}z\n1,2\n`));
    expect(fault.reason).toMatch(/more than 500 columns/u);
  });

  it('reads what is empty as nothing', async () => {
    for (const text of ['', '\n', '\uFEFF', ',,\n,,\n']) {
      const { sheet } = await csv(text);
      expect(sheet.header.row).toBe(0);
    }
  });
});

describe('what a file is', () => {
  it.each<[string | undefined, Buffer]>([
    ['csv', Buffer.from('a,b')],
    ['csv', Buffer.from('')],
    ['xlsx', workbookOf('')],
    ['csv', Buffer.from('a,b', 'utf16le')],
    [undefined, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13])],
    [undefined, Buffer.from('%PDF-1.7')],
    [undefined, Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1])],
    [undefined, Buffer.from([0x1f, 0x8b, 8])],
  ])('is %s by its first bytes', (kind, bytes) => {
    expect(kindOf(bytes)).toBe(kind);
  });
});

describe('XLSX', () => {
  const rows = [
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>Day</t></is></c><c r="D1" t="str"><v>Punkte</v></c></row>',
    '<row r="3"><c r="A3"><v>1002</v></c><c r="B3" s="1"><v>46023</v></c><c r="C3" t="b"><v>1</v></c><c r="D3"><f>1/3</f><v>0.30000000000000004</v></c></row>',
    '<row r="4"><c r="A4"><v>1.2345678901234E+14</v></c><c r="B4" s="2"><v>46023.75</v></c><c r="D4" s="3"><v>7</v></c></row>',
    '<row r="5"><c r="A5" t="s"><v>1</v></c><c r="B5" t="e"><v>#N/A</v></c><c r="D5" t="s"><v>99</v></c></row>',
  ].join('');
  const texts = [
    '<t>Student</t>',
    '<r><t>A</t></r><r><t xml:space="preserve"> b_x000D_</t></r><rPh><t>X</t></rPh>',
  ];

  it('is read from its first visible sheet, dates and all, with nothing calculated', async () => {
    const { sheet, rows: found } = await xlsx(workbookOf(rows, { texts }));
    expect(sheet.header.names).toEqual(['Student', 'Day', 'C', 'Punkte']);
    expect(sheet.lastRow()).toBe(9);
    expect(found).toEqual([
      { row: 3, cells: ['1002', '2026-01-01', 'true', '0.3'] },
      { row: 4, cells: ['123456789012340', '2026-01-01T18:00:00', '', '7'] },
      { row: 5, cells: ['A b\r', '#N/A', '', ''] },
    ]);
  });

  it('counts days from 1904 where the workbook says so', async () => {
    const { rows: found } = await xlsx(workbookOf(rows, { texts, date1904: true }));
    expect(found[0]?.cells[1]).toBe('2030-01-02');
  });

  it.each<[string, Buffer, RegExp]>([
    [
      'no workbook',
      zipOf({ mimetype: 'application/vnd.oasis.opendocument.spreadsheet' }),
      /no sheet/u,
    ],
    ['half a file', workbookOf(rows).subarray(0, 900), /damaged/u],
    ['noise', Buffer.from(`PK\u0003\u0004${'x'.repeat(500)}`), /damaged/u],
    [
      'a sheet of blanks without end',
      workbookOf('', { more: { 'xl/worksheets/sheet1.xml': Buffer.alloc(64 * 1024 * 1024, ' ') } }),
      /unpacks to far more|not as it should be/u,
    ],
    [
      'a million empty rows in a few bytes',
      workbookOf('<row><c><v>1</v></c></row>'.repeat(1_000_000)),
      /unpacks to far more/u,
    ],
    [
      'texts that expand',
      workbookOf(rows, {
        more: {
          'xl/sharedStrings.xml': `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>`,
        },
      }),
      /DOCTYPE/u,
    ],
    [
      'a file of the system as an entity',
      workbookOf('', {
        more: {
          'xl/worksheets/sheet1.xml': `<!DOCTYPE x SYSTEM "file:///etc/passwd"><worksheet/>`,
        },
      }),
      /DOCTYPE/u,
    ],
    [
      'an entity nobody defined',
      workbookOf('<row><c t="str"><v>&x;</v></c></row>'),
      /not as it should/u,
    ],
    ['rows in no order', workbookOf('<row r="9"/><row r="2"/>'), /not in order/u],
    ['rows without a number', workbookOf('<row r="x"/>'), /not in order/u],
    ['XML that breaks off', workbookOf('<row r="1">'), /not as it should/u],
  ])('is refused where it is %s', async (_, bytes, reason) => {
    const before = process.memoryUsage().rss;
    expect((await faultOf(xlsx(bytes))).reason).toMatch(reason);
    // With what is not collected yet.
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024);
  });

  it('is not called damaged because we could not read it', async () => {
    const content = workbookOf(rows, { texts });
    for (const after of [0, 1, 2, 3, 5]) {
      let reads = 0;
      const file = fileOf(content);
      const flaky = (offset: number, length: number): Promise<Buffer> => {
        reads += 1;
        return reads > after
          ? Promise.reject(new UnavailableError('x'))
          : file.read(offset, length);
      };
      const opening = (async () => {
        const bytes = { ...file, read: flaky };
        const sheet = await openSheet({ kind: 'xlsx', bytes, isUtf8: false });
        await all(sheet.rows);
      })();
      await expect(opening).rejects.toBeInstanceOf(UnavailableError);
    }
  });

  it('keeps no more of a row than a row may have', async () => {
    const cells = Array.from({ length: 10_000 }, () => '<c t="str"><v>x</v></c>').join('');
    const { rows: found } = await xlsx(
      workbookOf(
        `<row r="1"><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row><row r="2">${cells}</row>`,
      ),
    );
    expect(found[0]?.cells).toHaveLength(501);
  });

  it('unpacks no more of a row than a row may have, however its cells share a text', async () => {
    const shared = '<c t="s"><v>0</v></c>';
    const small = '<row><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row>';
    for (const cell of [shared, shared.replace('<c', '<c r="A3"')]) {
      const sheet = workbookOf(`${small.repeat(2)}<row r="3">${cell.repeat(500)}</row>`, {
        texts: [`<t>${'x'.repeat(CELL_CHARS_MAX)}</t>`],
      });
      const { rows: seen } = await openSheet({
        kind: 'xlsx',
        bytes: fileOf(sheet),
        isUtf8: false,
      });
      expect(await faultOf(all(seen))).toMatchObject({
        row: 3,
        reason: expect.stringContaining('characters'),
      });
    }
  });

  it('holds few of its rows at a time where they are long, and gives all of them', async () => {
    const cells = '<c t="s"><v>0</v></c>'.repeat(30);
    const names = '<row><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row>';
    const content = workbookOf(`${names}${`<row>${cells}</row>`.repeat(60)}`, {
      texts: [`<t>${'x'.repeat(CELL_CHARS_MAX)}</t>`],
    });
    const bytes = fileOf(content, content.length);
    const sheet = await openSheet({ kind: 'xlsx', bytes, isUtf8: false });
    expect(sheet.head.length).toBeLessThan(20);
    const pieces: number[] = [];
    for await (const some of sheet.rows) pieces.push(some.length);
    expect(Math.max(...pieces)).toBeLessThan(20);
    expect(pieces.reduce((sum, length) => sum + length, 0)).toBe(60);
  });
});
