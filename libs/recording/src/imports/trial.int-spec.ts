import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Deliveries, type ImportMapping, Imports } from '#contracts';
import { createService, loadConfig } from '#platform';
import { DeliveryBook } from '../deliveries/delivery-book.js';
import { good, MULTIPART, multipartOf, table, usingImporter } from '../testing/importer.js';

/** Spreadsheets that are only tried; on the real log and PostgreSQL. */
const { recorder, desk, query } = usingImporter((definition, settings) =>
  createService(definition, loadConfig(settings)),
);

const NOTE = 'This is a trial: nothing of it is recorded, and nothing counts.';
const trial = { 'x-ledger-test': 'true' };
type Fields = readonly (readonly [string, string])[];

const upload = async (
  content: string,
  headers: Readonly<Record<string, string>> = {},
  fields: Fields = [],
) => {
  const payload = multipartOf([{ name: 'a.csv', content }], fields);
  const { status, text } = await desk().send(
    'POST',
    '/v1/imports',
    { type: MULTIPART, payload },
    headers,
  );
  return { status, json: JSON.parse(text) as Record<string, string> };
};
const kept = async (): Promise<number> =>
  (await query<{ count: number }>('select count(*)::int as count from recording.import'))[0]
    ?.count ?? -1;
const aliases = async (): Promise<number> =>
  (await query<{ count: number }>('select count(*)::int as count from vault.alias'))[0]?.count ??
  -1;

const deliveries = async (area: 'live' | 'test') => {
  const { app } = recorder().service;
  await app.get(DeliveryBook).flush();
  const path = `/v1/deliveries?channel=import&area=${area}`;
  const headers = { authorization: desk().authorization };
  const { json } = await recorder().send('GET', path, undefined, headers);
  return Deliveries.parse(json).data;
};

describe('a trial of an import', () => {
  it('goes the whole way of an import, records nothing, and says so', async () => {
    const [size, known] = [await recorder().size(), await aliases()];
    const rows = [...good(1_200), ',Nursing,passed,2026-05-04,1', 'x,Nursing,passd,,1'];
    const { status, json } = await upload(table(rows), trial);
    expect([status, json]).toEqual([
      202,
      { id: json['id'], job: json['id'], state: 'waiting', area: 'test', note: NOTE },
    ]);
    const id = json['id'] ?? '';
    const shown = await desk().show(id);
    expect([shown.area, shown.missing, shown.rows.length > 0]).toEqual(['test', [], true]);
    expect((await desk().map(id, { decimal: ',' } satisfies Partial<ImportMapping>)).area).toBe(
      'test',
    );
    expect(await desk().confirm(id)).toMatchObject({
      state: 'done',
      area: 'test',
      note: NOTE,
      done: 1_203,
      counts: { recorded: 0, duplicate: 0, test: 1_200, refused: 2 },
    });
    expect(new Set((await desk().errors(id)).map(({ row }) => row))).toEqual(
      new Set([1_202, 1_203]),
    );
    const file = await desk().send('GET', `/v1/imports/${id}/refused.csv`);
    expect(file.text.trim().split('\r\n')).toHaveLength(3);
    expect([await recorder().size(), await aliases()]).toEqual([size, known]);
  });

  it('stands among the deliveries of the test area, and in the list as what it is', async () => {
    const { json } = await upload(table([...good(2), ',Nursing,passed,2026-05-04,1']), trial);
    const live = (await deliveries('live')).length;
    await desk().confirm(json['id'] ?? '');
    for (let n = 0; n < 40 && (await deliveries('test')).length === 0; n += 1) await sleep(50);
    const told = (await deliveries('test')).find(({ counts }) => counts.test === 2);
    expect(told).toMatchObject({ channel: 'import', area: 'test', counts: { refused: 1 } });
    expect(await deliveries('live')).toHaveLength(live);
    const list = Imports.parse(JSON.parse((await desk().send('GET', '/v1/imports')).text)).data;
    expect(list.find(({ id }) => id === json['id'])?.area).toBe('test');
  });

  it('leaves its rows to be recorded by an import that is none', async () => {
    const content = table(good(3));
    const { json } = await upload(content, trial);
    await desk().confirm(json['id'] ?? '');
    const id = await desk().upload({ name: 'a.csv', content });
    expect(await desk().confirm(id)).toMatchObject({
      area: 'live',
      counts: { recorded: 3, duplicate: 0, test: 0, refused: 0 },
    });
    expect(await desk().job(id)).not.toHaveProperty('note');
  });

  it.each<[string, Record<string, string>, Fields, string]>([
    ['a header of 1', { 'x-ledger-test': '1' }, [], 'test'],
    ['a field behind the files', {}, [['test', 'true']], 'test'],
    ['a field against the header', { 'x-ledger-test': 'false' }, [['test', 'true']], 'test'],
    ['a header against the field', trial, [['test', 'false']], 'test'],
    [
      'one of two fields',
      {},
      [
        ['test', 'false'],
        ['test', 'true'],
      ],
      'test',
    ],
    ['a header that says no', { 'x-ledger-test': 'false' }, [], 'live'],
    ['another field', {}, [['trial', 'true']], 'live'],
  ])('is what %s says', async (_, headers, fields, area) => {
    const { json } = await upload(table(good(1)), headers, fields);
    expect(json['area']).toBe(area);
    expect(json['note']).toBe(area === 'test' ? NOTE : undefined);
  });

  it.each<[string, Record<string, string>, Fields, string]>([
    ['a header', { 'x-ledger-test': 'perhaps' }, [], 'invalid-input'],
    ['an empty header', { 'x-ledger-test': '' }, [], 'invalid-input'],
    ['a field', {}, [['test', 'on']], 'invalid-input'],
    ['an empty field', {}, [['test', '']], 'invalid-input'],
    [
      'a field behind more than are read',
      {},
      [...Array.from({ length: 20 }, (): [string, string] => ['x', '']), ['test', 'true']],
      'too-large',
    ],
  ])('is not guessed from %s that does not say it', async (_, headers, fields, code) => {
    const before = await kept();
    const { json } = await upload(table(good(1)), headers, fields);
    expect(json['code']).toBe(code);
    expect(await kept()).toBe(before);
  });

  it.each([
    ['true', 'would be recorded'],
    ['1', 'would be recorded'],
    ['perhaps', 'X-Ledger-Test is'],
  ])('does not become of an import that is confirmed with "%s"', async (said, detail) => {
    const id = await desk().upload({ name: 'a.csv', content: table(good(1)) });
    const before = await recorder().size();
    const headers = { 'x-ledger-test': said };
    const answer = await desk().send('POST', `/v1/imports/${id}/confirm`, undefined, headers);
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
      400,
      { code: 'invalid-input', detail: expect.stringContaining(detail) },
    ]);
    expect((await desk().show(id)).state).toBe('waiting');
    expect(await recorder().size()).toBe(before);
  });

  it('stays one whatever its confirmation says, and refuses what the provider may not say', async () => {
    const before = await recorder().size();
    const { json } = await upload(table(good(2)).replaceAll('2026-05-04', '2999-05-04'), trial);
    const path = `/v1/imports/${json['id']}/confirm`;
    const sure = { 'x-ledger-test': 'false' };
    expect((await desk().send('POST', path, undefined, sure)).status).toBe(202);
    expect(await desk().end(json['id'] ?? '')).toMatchObject({
      area: 'test',
      counts: { recorded: 0, test: 0, refused: 2 },
    });
    expect(await recorder().size()).toBe(before);
  });
});
