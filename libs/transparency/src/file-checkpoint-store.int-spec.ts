import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FileCheckpointStore, KEPT } from './file-checkpoint-store.js';

let folder: string;
let store: FileCheckpointStore;

beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'checkpoints-')), 'log');
  store = new FileCheckpointStore(folder);
  await store.open();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const fill = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n += 1)
    expect(await store.swap(await store.latest(), `note ${n}`)).toBe(true);
};

describe('the store of checkpoints', () => {
  it('has nothing, then what was swapped last', async () => {
    expect(await store.latest()).toBeUndefined();
    await fill(3);
    expect(await new FileCheckpointStore(folder).latest()).toEqual({
      generation: 3,
      note: 'note 2',
    });
  });

  it('lets one of many win, whoever they are', async () => {
    await fill(1);
    const seen = await store.latest();
    const others = Array.from({ length: 20 }, () => new FileCheckpointStore(folder));
    const won = await Promise.all(others.map((other, n) => other.swap(seen, `from ${n}`)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await store.latest()).toEqual({ generation: 2, note: `from ${won.indexOf(true)}` });
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('refuses who did not see the latest, however long they slept', async () => {
    await fill(2);
    const seen = await store.latest();
    await fill(KEPT + 5);
    expect(await store.swap(seen, 'late')).toBe(false);
    expect(await store.swap(undefined, 'as if new')).toBe(false);
    expect((await store.latest())?.note).toBe(`note ${KEPT + 4}`);
  });

  it('keeps a bounded number', async () => {
    await fill(KEPT + 20);
    expect(readdirSync(folder).length).toBeLessThanOrEqual(KEPT + 1);
  });

  it('takes more signatures on what was published', async () => {
    await fill(2);
    await store.replace(2, 'note 1, cosigned');
    expect(await store.latest()).toEqual({ generation: 2, note: 'note 1, cosigned' });
  });

  it('clears away what a crash left, and reads nothing else in its folder', async () => {
    await fill(1);
    const old = new Date(Date.now() - 7_200_000);
    for (const name of ['1.aa.draft', '2.bb.draft', 'notes.txt', '9.checkpoint'])
      writeFileSync(join(folder, name), 'x');
    utimesSync(join(folder, '1.aa.draft'), old, old);
    await store.open();
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['2.bb.draft', 'notes.txt']));
    expect(readdirSync(folder)).not.toContain('1.aa.draft');
    expect((await store.latest())?.generation).toBe(1);
  });

  it('fails loudly where it may not be', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(new FileCheckpointStore(join(folder, 'file')).open()).rejects.toThrow('EEXIST');
    rmSync(folder, { recursive: true });
    await expect(store.swap(undefined, 'x')).rejects.toThrow('ENOENT');
  });
});
