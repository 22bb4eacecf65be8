import { describe, expect, it } from '@jest/globals';
import { ConcurrencyError } from '#kernel';
import type { NewEntry } from '#log';
import { InMemoryLog } from './in-memory-log.js';

const time = new Date('2026-01-15T09:30:00.000Z');
let ids = 0;
const intake = (eventId: string, mac = 1): NewEntry => ({
  id: `evt_${ids++}`,
  kind: 'learning-event',
  time,
  intake: { source: 'urn:llcl:a:lms', eventId, contentMac: Uint8Array.of(mac) },
  data: {},
});
const versioned = (version: number, stream = 'case-1'): NewEntry => ({
  id: `evt_${ids++}`,
  kind: 'recognition-requested',
  time,
  stream,
  version,
  data: {},
});

describe('the log in memory', () => {
  it('records an intake event once, and tells other content from the same', async () => {
    const log = new InMemoryLog();
    const [first, inSameCall] = await log.append([intake('a'), intake('a')]);
    expect([first?.status, inSameCall?.status]).toEqual(['recorded', 'duplicate']);
    const [again, other] = await log.append([intake('a'), intake('a', 2)]);
    expect(again).toEqual({ ...first, status: 'duplicate' });
    expect(other).toEqual({ ...first, status: 'conflict' });
    expect(log.entries).toHaveLength(1);
  });

  it('refuses a whole call at another version, and leaves no trace of it', async () => {
    const log = new InMemoryLog();
    await log.append([versioned(1), versioned(2), versioned(1, 'case-2')]);
    const before = await log.head();
    for (const version of [2, 4])
      await expect(log.append([intake('a'), versioned(version)])).rejects.toThrow(ConcurrencyError);
    expect(await log.head()).toEqual(before);
    expect((await log.append([intake('a')]))[0]?.status).toBe('recorded');
    expect((await log.readStream('case-1')).map(({ version }) => version)).toEqual([1, 2]);
  });

  it('reads densely after a place, by topic, up to the limit', async () => {
    const log = new InMemoryLog();
    await log.append([intake('a'), versioned(1), intake('b'), intake('c')]);
    const seqs = async (options: Parameters<InMemoryLog['read']>[0]) =>
      (await log.read(options)).map(({ seq }) => seq);
    expect(await seqs({ after: -1, limit: 10 })).toEqual([0, 1, 2, 3]);
    const among = (within: number) => ({ topics: ['learning-events.v1'] as const, within });
    expect(await seqs({ after: 0, limit: 1, among: among(9) })).toEqual([2]);
    expect(await seqs({ after: 0, limit: 9, among: among(9) })).toEqual([2, 3]);
    expect(await seqs({ after: 0, limit: 9, among: among(2) })).toEqual([2]);
  });

  it('tells of commits, not of what committed nothing', async () => {
    const log = new InMemoryLog();
    let commits = 0;
    const stop = log.onCommit(() => (commits += 1));
    await log.append([intake('a')]);
    await log.append([intake('a')]);
    expect(commits).toBe(1);
    stop();
    await log.append([intake('b')]);
    expect(commits).toBe(1);
  });
});
