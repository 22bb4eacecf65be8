import { describe, expect, it } from '@jest/globals';
import { type Call, CallQueue, QUEUE_BYTES_MAX, QUEUE_ENTRIES_MAX } from './call-queue.js';
import type { PreparedEntry } from './prepare-entry.js';

const entry = {} as PreparedEntry;
const call = (entries: number, bytes = 1): Call => ({
  entries: Array.from({ length: entries }, () => entry),
  bytes,
  resolve: () => undefined,
  reject: () => undefined,
});

describe('the queue of calls', () => {
  it('gives groups in the order the calls came, of no more entries than may be', () => {
    const queue = new CallQueue();
    const calls = [3, 4, 3, 1, 20, 2].map((entries) => call(entries));
    for (const each of calls) expect(queue.add(each)).toBe(true);
    expect(queue.entries).toBe(33);
    expect(queue.take(10)).toEqual(calls.slice(0, 3));
    expect(queue.take(10)).toEqual(calls.slice(3, 4));
    // Larger than a group, it comes alone.
    expect(queue.take(10)).toEqual(calls.slice(4, 5));
    expect(queue.entries).toBe(2);
    expect(queue.take(10)).toEqual(calls.slice(5));
    expect(queue.take(10)).toEqual([]);
    expect(queue.entries).toBe(0);
  });

  it('takes no call before one that is not wanted', () => {
    const queue = new CallQueue();
    const calls = [1, 2, 3].map((entries) => call(entries));
    for (const each of calls) queue.add(each);
    expect(queue.take(10, ({ entries }) => entries.length !== 2)).toEqual(calls.slice(0, 1));
    expect(queue.take(10, ({ entries }) => entries.length !== 2)).toEqual([]);
    expect(queue.take(10)).toEqual(calls.slice(1));
  });

  it('holds no more than it may, and again once something was taken', () => {
    const queue = new CallQueue();
    expect(queue.add(call(QUEUE_ENTRIES_MAX))).toBe(true);
    expect(queue.add(call(1))).toBe(false);
    queue.take(1);
    expect(queue.add(call(1, QUEUE_BYTES_MAX))).toBe(true);
    expect(queue.add(call(1))).toBe(false);
  });
});
