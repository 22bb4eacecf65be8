import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '#kernel';
import { LogGuard } from '../log-guard.js';
import { intake, upTo } from '../testing/entries.js';
import { describeLog } from '../testing/log-contract.js';
import { describeOutages } from '../testing/outage-contract.js';
import { usingLogs } from '../testing/using-logs.js';

const logs = usingLogs({ inThread: true });

describeLog(logs);
describeOutages(logs);

describe('a log that a thread of its own writes', () => {
  it('tells who listens what each commit added', async () => {
    const log = logs.open();
    const sizes: number[] = [];
    log.onCommit(({ size, topics }) => {
      expect([...topics]).toEqual(['learning-events.v1']);
      sizes.push(size);
    });
    await Promise.all(upTo(3).map((n) => log.append([intake(String(n))])));
    await log.append([intake('last')]);
    expect(sizes.at(-1)).toBe(4);
  });

  it('takes no more than it may hold, and goes on once that is written', async () => {
    const log = logs.open();
    const sealed = Buffer.alloc(40_000);
    const large = (n: number) => ({ ...intake(`${n}`), sealed });
    // Some 160 MB, before anybody had a moment to write.
    const calls = upTo(30).map((n) => log.append(upTo(100).map((k) => large(n * 100 + k))));
    const outcomes = await Promise.allSettled(calls);
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(15);
    expect((await log.head()).size).toBe((30 - refused.length) * 100);
    expect(await log.append([large(9_999)])).toMatchObject([{ status: 'recorded' }]);
  });

  it('does not grow where it is not as published, and says so on both sides', async () => {
    const guard = new LogGuard();
    const log = logs.open('test', logs.database.url, guard);
    await log.append([intake('1')]);
    guard.trust(1);
    await log.append([intake('2')]);
    // More was published than there is: what an old backup looks like.
    guard.trust(9);
    await expect(log.append([intake('3')])).rejects.toThrow(UnavailableError);
    expect(guard.distrust).toBe('behind-the-published-checkpoint');
    await expect(log.append([intake('3')])).rejects.toMatchObject({ code: 'log-not-trusted' });
    guard.trust(2);
    expect(await log.append([intake('3')])).toMatchObject([{ seq: 2 }]);
  });
});
