import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ImportField, type ImportMapping } from '#contracts';
import { readNativeEvent } from '../native-event.js';
import { client } from '../testing/samples.js';
import { planOf, type Plan } from './mapping.js';
import { readRow } from './row-event.js';

/** What the columns are called, in the order of the fields that they mean. */
const NAMES = [
  'who',
  'mail',
  'what',
  'code',
  'kind',
  'status',
  'when',
  'score',
  'max',
  'grade',
  'credits',
  'hours',
  'eqf',
  'proof',
  'id',
];
const FIELDS: readonly ImportField[] = ImportField.options.filter((field) => field !== 'ignore');
const plan = (more: Partial<ImportMapping> = {}, names: readonly string[] = NAMES): Plan => {
  const columns = NAMES.map((name, n) => ({ name, field: FIELDS[n] ?? 'ignore' }));
  const made = planOf({ columns, ...more }, names, { client, date1904: false });
  if ('lacks' in made) throw new Error(made.lacks.join());
  return made;
};
const row = (cells: Partial<Record<(typeof FIELDS)[number], string>>): string[] =>
  FIELDS.map((field) => cells[field] ?? '');
const good = { learner: '204', title: 'Nursing', verb: 'passed', date: '2026-05-04' } as const;
const problems = (cells: Parameters<typeof row>[0], of = plan()) => {
  const read = readRow(of, row(cells));
  if (read === 'empty' || !('problems' in read)) throw new Error('nothing is wrong with it');
  return read.problems;
};

describe('a row', () => {
  it('is the event that its provider would post', () => {
    const read = readRow(
      plan({ decimal: ',' }),
      row({
        ...good,
        activity: 'https://uni.example/c/12',
        activityType: 'Kurs',
        score: '17/20',
        grade: '1,3',
        credits: '5',
        hours: '1:30',
        level: 'EQF 6',
        evidence: 'https://uni.example/e',
        id: 'r-1',
      }),
    );
    if (read === 'empty' || !('submission' in read)) throw new Error(JSON.stringify(read));
    const posted = readNativeEvent({
      specversion: '1.0',
      id: 'r-1',
      source: client.sources[0],
      type: 'org.learning-ledger.passed.v1',
      datacontenttype: 'application/json',
      data: {
        learner: { account: { homePage: client.homePage, name: '204' } },
        activity: { id: 'https://uni.example/c/12', type: 'course', name: { und: 'Nursing' } },
        verb: 'passed',
        occurredAt: '2026-05-04T12:00:00Z',
        result: {
          success: true,
          duration: 'PT90M',
          score: { raw: 17, min: 0, max: 20 },
          grade: { value: '1,3', scale: { type: 'numeric' } },
        },
        credits: [{ system: 'ECTS', value: 5 }],
        levels: [{ framework: 'EQF', value: '6' }],
        evidence: [{ uri: 'https://uni.example/e' }],
      },
    });
    const { raw, ...rest } = read.submission;
    const { raw: _, ...native } = posted;
    expect(rest).toEqual(native);
    expect(raw.format).toBe('csv');
  });

  it('whatever stands in it, is refused with reasons or fits the schema of events', () => {
    const cell = fc.oneof(
      fc.constantFrom(
        '',
        '204',
        'passed',
        '2026-05-04',
        'https://x.example/a',
        '12,5',
        '17/20',
        '85 %',
        '1:30',
        '6',
        'a@b.example',
        '=1',
        'ü',
        '課程',
      ),
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.string({ maxLength: 3_000 }),
    );
    const usual: Readonly<Record<string, readonly string[]>> = {
      learner: ['204', 'ü-7'],
      email: ['', 'a@b.example'],
      title: ['Nursing', '課程 1'],
      activity: ['', 'N-1', 'https://x.example/a'],
      verb: ['passed', 'bestanden'],
      date: ['2026-05-04', '4.5.2026 10:00'],
    };
    const cells = fc.record(
      Object.fromEntries(
        FIELDS.map((field) => [
          field,
          fc.oneof(
            { weight: 12, arbitrary: fc.constantFrom(...(usual[field] ?? [''])) },
            { weight: 1, arbitrary: cell },
          ),
        ]),
      ),
    );
    let recorded = 0;
    fc.assert(
      fc.property(cells, (said) => {
        const read = readRow(plan(), row(said));
        if (read === 'empty') return;
        if ('problems' in read) {
          expect(read.problems.length).toBeGreaterThan(0);
          expect(read.problems.every(({ reason, fix }) => reason !== '' && fix !== '')).toBe(true);
          return;
        }
        recorded += 1;
        const { report } = read.submission;
        if (report.is !== 'learning') throw new Error('a row voids nothing');
        readNativeEvent({
          specversion: '1.0',
          source: report.source,
          ...(report.id === undefined ? {} : { id: report.id }),
          type: `org.learning-ledger.${report.data.verb}.v1`,
          data: {
            ...report.data,
            learner: report.learner,
            occurredAt: new Date(report.times[0] ?? 0).toISOString(),
          },
        });
      }),
      { numRuns: 2_000 },
    );
    expect(recorded).toBeGreaterThan(500);
  });

  it('names people by a hash of their mail address, never by the address', () => {
    const read = readRow(plan(), row({ ...good, learner: '', email: ' Amina@Uni.Example ' }));
    if (read === 'empty' || !('submission' in read)) throw new Error(JSON.stringify(read));
    const { report } = read.submission;
    // printf 'mailto:amina@uni.example' | sha1sum
    expect(report).toMatchObject({
      learner: { mailHash: '335928f12d498d04af774c8cc5fde1b92c95acb4' },
    });
    expect(JSON.stringify(read)).not.toMatch(/amina/iu);
  });

  it('without an id is known by what it says, not by its file', () => {
    const read = readRow(plan(), row(good));
    if (read === 'empty' || !('submission' in read)) throw new Error(JSON.stringify(read));
    expect(read.submission.report).not.toHaveProperty('id');
    expect(read.submission.idStyle).toBe('hash');
  });

  it.each<[string, Parameters<typeof row>[0], string]>([
    ['names nobody', { ...good, learner: '' }, 'who'],
    ['says not what', { ...good, title: ' ' }, 'what'],
    ['says not when', { ...good, date: '' }, 'when'],
    ['says not what happened', { ...good, verb: '' }, 'status'],
    ['has a word nobody knows', { ...good, verb: 'xyzzy' }, 'status'],
    ['has a day of no calendar', { ...good, date: '30.2.2026' }, 'when'],
    ['has a formula', { ...good, title: '=1+1' }, 'what'],
    ['has a formula in the name', { ...good, learner: '=A1' }, 'who'],
    ['scores more than there is', { ...good, score: '21/20' }, 'score'],
    ['scores nothing that is a number', { ...good, score: 'many' }, 'score'],
    ['has credits without end', { ...good, credits: '1e9' }, 'credits'],
    ['has less than no credits', { ...good, credits: '-1' }, 'credits'],
    ['has hours before it began', { ...good, hours: '-2' }, 'hours'],
    ['has no level of the EQF', { ...good, level: '9' }, 'eqf'],
    ['proves it with words', { ...good, evidence: 'see file' }, 'proof'],
    ['has an id with spaces', { ...good, id: 'a b' }, 'id'],
    ['has no mail address', { ...good, learner: '', email: 'amina' }, 'mail'],
    ['has a title without end', { ...good, title: 'x'.repeat(201) }, 'what'],
    ['has an account without end', { ...good, learner: 'x'.repeat(257) }, 'who'],
  ])('that %s is refused, with its column and what to do', (_, cells, column) => {
    const [first, ...others] = problems(cells);
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      column,
      reason: expect.stringMatching(/\.$/u),
      fix: expect.stringMatching(/\S/u),
    });
  });

  it('tells all that is wrong with it at once', () => {
    const found = problems({ ...good, date: 'x', score: 'y', level: 'z' });
    expect(found.map(({ column, value }) => `${column}=${value}`).toSorted()).toEqual([
      'eqf=z',
      'score=y',
      'when=x',
    ]);
  });

  it('of 10,000 columns is refused; of none it is empty', () => {
    expect(
      readRow(
        plan(),
        Array.from({ length: 10_000 }, () => 'x'),
      ),
    ).toMatchObject({
      problems: [{ reason: expect.stringContaining('500 columns') }],
    });
    expect(readRow(plan(), ['', ' ', '\t'])).toBe('empty');
  });

  it('takes from the mapping what its columns do not say', () => {
    const same = plan({ title: 'First aid', verb: 'participated', date: '2026-01-02' }, ['who']);
    const read = readRow(same, ['204']);
    if (read === 'empty' || !('submission' in read)) throw new Error(JSON.stringify(read));
    expect(read.submission.report).toMatchObject({
      times: [Date.parse('2026-01-02T12:00:00Z')],
      data: { verb: 'participated', activity: { id: 'urn:llcl:uni:activity:first-aid' } },
    });
  });

  it('is read by the names of its own file, in any order; a file may lack what is needed', () => {
    const turned = plan({}, ['When', 'STATUS', 'x', 'what', 'who']);
    expect(readRow(turned, ['2026-05-04', 'passed', '', 'Nursing', '204'])).toHaveProperty(
      'submission',
    );
    const columns = NAMES.map((name, n) => ({ name, field: FIELDS[n] ?? ('ignore' as const) }));
    expect(planOf({ columns }, ['a', 'who'], { client, date1904: false })).toEqual({
      lacks: ['title', 'date', 'verb'],
    });
  });
});
