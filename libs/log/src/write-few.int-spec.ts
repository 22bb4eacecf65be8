import { describe, expect, it } from '@jest/globals';
import { intake, readAll, upTo, versioned } from './testing/entries.js';
import { usingLogs } from './testing/using-logs.js';
import { FEW_ENTRIES_MAX } from './write-few.js';

const logs = usingLogs({ isChecked: true });
const { open } = logs;
const statuses = (appended: readonly { status: string }[]) => appended.map(({ status }) => status);

/** A log that has written before knows its tree, so that small groups take the short way. */
describe('a small group', () => {
  it('fills tiles one entry at a time', async () => {
    const log = open();
    for (const n of upTo(600)) await log.append([intake(`${n}`)]);
    expect(await readAll(log)).toHaveLength(600);
    const tiles = await logs.database.dataSource.query(
      'select level, index from log.tile order by 1, 2',
    );
    expect(tiles).toEqual([
      { level: 0, index: '0' },
      { level: 0, index: '1' },
    ]);
  });

  it('finds a repeat of an intake event that began a stream, which has moved on', async () => {
    const log = open();
    await log.append([intake('first')]);
    const beginning = { ...intake('2'), stream: 's', version: 1 };
    expect(statuses(await log.append([beginning]))).toEqual(['recorded']);
    expect(statuses(await log.append([{ ...beginning, id: 'evt_x' }]))).toEqual(['duplicate']);
    const rival = { ...intake('3'), stream: 's', version: 1 };
    await expect(log.append([rival])).rejects.toMatchObject({ name: 'ConcurrencyError' });
  });

  it('keeps every column, also where there is nothing to say', async () => {
    const log = open();
    await log.append([intake('first')]);
    const whole = { ...intake('2'), provider: 'uni' };
    const { alias: _alias, sealed: _sealed, ...bare } = intake('3');
    await log.append([whole, bare]);
    const [, second, third] = await readAll(log);
    expect(second).toMatchObject({ id: whole.id, provider: 'uni', alias: 'urn:lrn:a' });
    expect(third).toMatchObject({ id: bare.id, data: bare.data });
    expect(third).not.toHaveProperty('alias');
    expect(third).not.toHaveProperty('sealed');
  });

  it.each([1, FEW_ENTRIES_MAX, FEW_ENTRIES_MAX + 1])('of %i finds a repeat', async (count) => {
    const log = open();
    const entries = upTo(count).map((n) => intake(`${n}`));
    await log.append(entries);
    await log.append([intake('between')]);
    const again = await log.append([...entries.slice(0, -1), intake(`${count - 1}`, 'other')]);
    expect(statuses(again)).toEqual([...entries.slice(0, -1).map(() => 'duplicate'), 'conflict']);
    expect(again.at(-1)?.seq).toBe(count - 1);
    expect(statuses(await log.append([intake('new')]))).toEqual(['recorded']);
    expect((await log.head()).size).toBe(count + 2);
  });

  it('finds a repeat that another process has recorded since', async () => {
    const [a, b] = [open(), open()];
    await a.append([intake('1')]);
    await b.append([intake('2')]);
    await a.append([intake('3')]);
    expect(statuses(await b.append([intake('3'), intake('4')]))).toEqual(['duplicate', 'recorded']);
    expect(statuses(await a.append([intake('4'), intake('5')]))).toEqual(['duplicate', 'recorded']);
    expect((await a.head()).size).toBe(5);
  });

  it('goes on behind what another process has written', async () => {
    const [a, b] = [open(), open()];
    for (const n of upTo(20)) {
      const [appended] = await (n % 3 ? a : b).append([intake(`${n}`)]);
      expect(appended?.seq).toBe(n);
    }
  });

  it('with a stream looks up its version', async () => {
    const log = open();
    await log.append([versioned('s', 1)]);
    await expect(log.append([versioned('s', 3)])).rejects.toThrow('s');
    const both = await log.append([intake('1'), versioned('s', 2)]);
    expect(statuses(both)).toEqual(['recorded', 'recorded']);
  });

  it('that PostgreSQL does not take leaves nothing, and the others go on', async () => {
    const log = open();
    await log.append([intake('1')]);
    await logs.database.dataSource.query(
      `alter table log.entry add constraint no_two check (id <> 'evt_two')`,
    );
    const two = log.append([{ ...intake('2'), id: 'evt_two' }]);
    const three = log.append([intake('3')]);
    await expect(two).rejects.toThrow('no_two');
    expect((await three)[0]?.seq).toBe(1);
    expect(statuses(await log.append([intake('2')]))).toEqual(['recorded']);
  });
});
