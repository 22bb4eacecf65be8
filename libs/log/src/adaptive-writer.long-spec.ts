import { describe, expect, it } from '@jest/globals';
import { intake, upTo } from './testing/entries.js';
import { describeLog } from './testing/log-contract.js';
import { usingLogs } from './testing/using-logs.js';

const logs = usingLogs({ isChecked: true, inThread: true, fewMax: 64 });

describeLog(logs);

describe('a log that two threads write in turn', () => {
  it('numbers what each caller appends in its order, whoever writes it', async () => {
    const log = logs.open();
    // Nobody waits for an answer; some calls are much, most are little.
    const placesOf = async (caller: number): Promise<readonly number[]> => {
      const calls = upTo(30).map((n) => {
        const count = (n + caller) % 7 === 0 ? 100 : 1;
        return log.append(upTo(count).map((k) => intake(`${caller}-${n}-${k}`)));
      });
      return (await Promise.all(calls)).flat().map(({ seq }) => seq);
    };
    const places = await Promise.all([1, 2, 3, 4].map(placesOf));
    for (const each of places) expect(each).toEqual(each.toSorted((a, b) => a - b));
    const all = places.flat().toSorted((a, b) => a - b);
    expect(all).toEqual(all.map((_, n) => n));
    expect((await log.head()).size).toBe(all.length);
  });

  it('goes on beside another process that does the same', async () => {
    const [one, other] = [logs.open(), logs.open()];
    const entriesOf = (name: string, n: number) =>
      upTo(n % 5 === 0 ? 100 : 1).map((k) => intake(`${name}-${n}-${k}`));
    for (const n of upTo(20))
      await Promise.all([one.append(entriesOf('one', n)), other.append(entriesOf('other', n))]);
    expect((await one.head()).size).toBe(2 * (16 + 4 * 100));
  });
});
