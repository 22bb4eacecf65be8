import { beforeAll, describe, expect, it } from '@jest/globals';
import type { NewEntry } from '#log';
import { InMemoryLog } from '#testing';
import { LogReader } from './log-reader.js';

const SIZE = 45_000;
/** Here are entries of the topic that is looked for; all others are of another one. */
const RARE = [3, 19_999, 20_000, 44_998];
const WALLET = ['wallet.v1'] as const;

const log = new InMemoryLog();
beforeAll(async () => {
  const isRare = new Set(RARE);
  await log.append(
    Array.from({ length: SIZE }, (_, n): NewEntry => {
      const entry = { id: `evt_${n}`, time: new Date(0) };
      return isRare.has(n)
        ? { ...entry, kind: 'share-stopped', data: { shareId: `${n}` } }
        : { ...entry, kind: 'learning-event', data: {} };
    }),
  );
});

/** Every page of these topics from a place to the end. */
const pages = async (reader: LogReader, from: number) => {
  const all: { seqs: number[]; upTo: number }[] = [];
  for (let after = from; ;) {
    const { entries, upTo } = await reader.read(after, WALLET);
    if (upTo === after) return all;
    all.push({ seqs: entries.map(({ seq }) => seq), upTo });
    after = upTo;
  }
};

describe('a follower of what is rare', () => {
  it('comes to the end by looks of a bounded length, and misses nothing', async () => {
    const reader = new LogReader(log, WALLET);
    await reader.refreshHead();
    expect(await pages(reader, -1)).toEqual([
      { seqs: [3, 19_999], upTo: 19_999 },
      { seqs: [20_000], upTo: 39_999 },
      { seqs: [44_998], upTo: SIZE - 1 },
    ]);
    expect(await pages(reader, SIZE - 1)).toEqual([]);
  });

  it('goes no farther than is known to be committed, but for what it has found there', async () => {
    const reader = new LogReader(log, WALLET);
    reader.committed(30_000);
    expect(await reader.read(19_999, WALLET)).toMatchObject({ upTo: 29_999 });
    expect(await reader.read(29_999, WALLET)).toMatchObject({ upTo: 44_998 });
    expect(reader.head).toBe(44_998);
  });
});
