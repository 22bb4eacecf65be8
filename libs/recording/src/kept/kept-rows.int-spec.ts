import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { StripPreviews1764400060000 } from '../imports/migrations.js';
import { fresh, good, table } from '../testing/importer.js';
import { accountOf, usingKept } from '../testing/kept.js';

/** What an erasure does to rows that were refused and are kept; on real PostgreSQL. */
const { recorder, desk, query, eraser, aliases } = usingKept((definition, settings) =>
  createService(definition, loadConfig(settings)),
);
const hashOf = (mail: string) => ({
  mailHash: createHash('sha1').update(`mailto:${mail}`).digest('hex'),
});

/** Rows that are all refused: their score is none. */
const refusedRows = async (rows: readonly string[]): Promise<string> => {
  const lines = rows.map((row) => `${row},Nursing,passed,2026-05-04,no score`);
  const content = ['Student,Email,Course,Status,Date,Score', ...lines, ''].join('\r\n');
  const id = await desk().upload({ name: 'a.csv', content });
  await desk().map(id, {
    columns: [
      { name: 'Student', field: 'learner' },
      { name: 'Email', field: 'email' },
      { name: 'Course', field: 'title' },
      { name: 'Status', field: 'verb' },
      { name: 'Date', field: 'date' },
      { name: 'Score', field: 'score' },
    ],
  });
  expect((await desk().confirm(id)).counts.refused).toBe(rows.length);
  // What was kept just before an erasure goes with it, whoever it names.
  await query(
    `update recording.import_refusals set kept_at = kept_at - interval '1 minute'
     where import = $1`,
    [id],
  );
  return id;
};
const rowsLeft = async (id: string): Promise<readonly number[]> => [
  ...new Set((await desk().errors(id)).map(({ row }) => row)),
];

describe('refused rows that are kept', () => {
  it('go with the learner, and those of others stay', async () => {
    const [ada, ben] = [fresh(), fresh()];
    const id = await refusedRows([`${ada},`, `${ben},`, `${ada},`]);
    const person = await eraser.claim([accountOf(ada)]);
    expect(await rowsLeft(id)).toEqual([2, 3, 4]);
    await eraser.erase(person);
    expect(await rowsLeft(id)).toEqual([3]);
    const { text } = await desk().send('GET', `/v1/imports/${id}/refused.csv`);
    expect([text.includes(ada), text.includes(ben)]).toEqual([false, true]);
    expect((await desk().job(id)).counts.refused).toBe(3);
  });

  it('go before the log has told anybody else: nothing opens them', async () => {
    const ada = fresh();
    const id = await refusedRows([`${ada},`, `${fresh()},`]);
    const person = await eraser.claim([accountOf(ada)]);
    await recorder().service.foundation.vault.destroy(person.person);
    expect(await rowsLeft(id)).toEqual([3]);
  });

  const named = `${fresh()}-é`;
  it.each([
    ['with space around it', (name: string) => `"  ${name} ",`],
    ['with its letters decomposed', (name: string) => `${name.normalize('NFD')},`],
    ['with a mail address beside it', (name: string) => `${name},${fresh()}@uni.example`],
  ])('go where the account is written %s', async (what, written) => {
    const ada = `${named}-${what.length}`;
    const id = await refusedRows([written(ada), `${fresh()},`]);
    await eraser.erase(await eraser.claim([accountOf(ada.normalize('NFC'))]));
    expect(await rowsLeft(id)).toEqual([3]);
  });

  it.each([
    ['in its column', (mail: string) => `,${mail}`],
    ['in capitals', (mail: string) => `,${mail.toUpperCase()}`],
    ['beside a number', (mail: string) => `${fresh()},${mail}`],
  ])('go where the mail address that was claimed stands %s', async (_, written) => {
    const mail = `${fresh()}@uni.example`;
    const id = await refusedRows([written(mail), `${fresh()},${fresh()}@uni.example`]);
    await eraser.erase(await eraser.claim([hashOf(mail)]));
    expect(await rowsLeft(id)).toEqual([3]);
  });

  it('go where the mail address that was claimed stands in the column of numbers', async () => {
    const mail = `${fresh()}@uni.example`;
    const person = await eraser.claim([hashOf(mail)]);
    const id = await refusedRows([`${mail},`, `${fresh()},`]);
    await eraser.erase(person);
    expect(await rowsLeft(id)).toEqual([3]);
  });

  it('make no more than one alias each, however they may be written', async () => {
    const before = await aliases();
    const name = `${fresh()}-e\u0301@uni.example`;
    await refusedRows([`"  ${name} ",`, `${name.toUpperCase()},`]);
    expect(await aliases()).toBe(before + 2);
  });

  it.each([
    ['that name nobody', ','],
    ['whose learner is a formula', '=A1,'],
    ['whose address is none', `${fresh()},not an address`],
    ['that go over lines', `${fresh()},"a@b.example\r\nEve"`],
  ])('go %s with any learner of the provider', async (_, row) => {
    const ben = fresh();
    const id = await refusedRows([row, `${ben},`]);
    const elsewhere = await eraser.claim([accountOf(fresh())], 'empty');
    await eraser.erase(elsewhere);
    expect(await rowsLeft(id)).toEqual([2, 3]);
    await eraser.erase(await eraser.claim([accountOf(fresh())]));
    expect(await rowsLeft(id)).toEqual([3]);
    const { text } = await desk().send('GET', `/v1/imports/${id}/refused.csv`);
    expect(text.split('\r\n').filter((line) => line !== '')).toHaveLength(2);
  });

  it('go where they were kept while the erasure was on its way', async () => {
    const ada = fresh();
    const person = await eraser.claim([accountOf(ada)]);
    let id = '';
    // The keys are gone, and the row would lead to a new alias; the log is read a moment later.
    const { vault } = recorder().service.foundation;
    await vault.destroy(person.person);
    id = await desk().upload({
      name: 'a.csv',
      content: `Student,Course,Status,Date,Score\r\n${ada},Nursing,passed,2026-05-04,no score\r\n`,
    });
    await desk().confirm(id);
    expect(await rowsLeft(id)).toEqual([2]);
    await eraser.erase(person);
    expect(await rowsLeft(id)).toEqual([]);
  });

  it('keep nothing of what the preview showed of them once it ended', async () => {
    const ada = fresh();
    const id = await refusedRows([`${ada},`]);
    expect((await desk().show(id)).columns.map(({ samples }) => samples).flat()).toEqual([]);
  });

  it('keep nothing of what the preview showed of those that ended before that went with them', async () => {
    const name = fresh();
    const [done, told, waits] = [
      await desk().upload({ name: 'a.csv', content: table(good(1, name)) }),
      await refusedRows([`${name},`]),
      await desk().upload({ name: 'a.csv', content: table(good(1, name)) }),
    ];
    await desk().confirm(done);
    await desk().show(waits);
    await query(
      `update recording.import_file set look = (select look from recording.import_file where import = $1)
       where import = $2`,
      [told, done],
    );
    const runner = recorder().service.foundation.db.createQueryRunner();
    await new StripPreviews1764400060000().up(runner);
    await runner.release();
    const rows = await query<{ import: string }>(
      'select import from recording.import_file where import = any($1) and look is not null',
      [[done, told, waits]],
    );
    expect(rows.map((row) => row.import).toSorted()).toEqual([told, waits].toSorted());
    expect(await rowsLeft(told)).toEqual([2]);
    expect((await desk().show(done)).columns).toEqual([]);
  });
});
