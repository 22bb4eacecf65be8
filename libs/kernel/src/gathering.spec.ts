import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { UnavailableError } from './errors.js';
import { Gathering } from './gathering.js';

/** Answers each item with itself and the key; keeps what it was called with. */
const echoing = () => {
  const asked: [string, readonly number[]][] = [];
  const gathering = new Gathering((key: string, items: readonly number[]) => {
    asked.push([key, items]);
    return Promise.resolve(items.map((item) => `${key}${item}`));
  });
  return { asked, gathering };
};

/** Refuses what the function says, whoever else is in the call. */
const failing = (errorOf: (items: readonly number[]) => Error | undefined) => {
  let calls = 0;
  const gathering = new Gathering((_: string, items: readonly number[]) => {
    calls += 1;
    const error = errorOf(items);
    return error ? Promise.reject(error) : Promise.resolve(items);
  });
  return { gathering, calls: () => calls };
};

/** Later than a call waits. */
const turns = async (): Promise<void> => {
  for (let n = 0; n < 5; n++) await turn();
};

describe('calls that come at one moment', () => {
  it('are made as one, and each gets its own answers', async () => {
    const { asked, gathering } = echoing();
    const answers = [
      gathering.call('a', [1, 2]),
      gathering.call('a', []),
      gathering.call('a', [3]),
    ];
    expect(await Promise.all(answers)).toEqual([['a1', 'a2'], [], ['a3']]);
    expect(asked).toEqual([['a', [1, 2, 3]]]);
  });

  it('go together with those of their key alone', async () => {
    const { asked, gathering } = echoing();
    const answers = [gathering.call('a', [1]), gathering.call('b', [2]), gathering.call('a', [3])];
    expect(await Promise.all(answers)).toEqual([['a1'], ['b2'], ['a3']]);
    expect(asked).toEqual([
      ['a', [1, 3]],
      ['b', [2]],
    ]);
  });

  it('go together though they come in a few turns', async () => {
    const { asked, gathering } = echoing();
    const first = gathering.call('a', [1]);
    await turn();
    const second = gathering.call('a', [2]);
    await turn();
    const answers = [first, second, gathering.call('a', [3])];
    expect(await Promise.all(answers)).toEqual([['a1'], ['a2'], ['a3']]);
    expect(asked).toEqual([['a', [1, 2, 3]]]);
  });

  it('wait for none that comes later, nor for what is on its way', async () => {
    let settle: () => void = () => undefined;
    const asked: (readonly number[])[] = [];
    const gathering = new Gathering(async (_: string, items: readonly number[]) => {
      if (asked.push(items) === 1) await new Promise<void>((resolve) => (settle = resolve));
      return items;
    });
    const first = gathering.call('a', [1]);
    await turns();
    expect(await gathering.call('a', [2])).toEqual([2]);
    settle();
    expect(await first).toEqual([1]);
    expect(asked).toEqual([[1], [2]]);
  });

  it('are made by themselves where they are large', async () => {
    const { asked, gathering } = echoing();
    const many = Array.from({ length: 600 }, (_, n) => n);
    const answers = await Promise.all([1, 2, 3].map(() => gathering.call('a', many)));
    expect(answers.map(({ length }) => length)).toEqual([600, 600, 600]);
    expect(asked.map(([, items]) => items.length)).toEqual([600, 600, 600]);
  });

  it('answer each item where it was asked, however they come', async () => {
    const calls = fc.array(
      fc.record({ key: fc.constantFrom('a', 'b'), items: fc.array(fc.nat(), { maxLength: 4 }) }),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(calls, async (given) => {
        const { gathering } = echoing();
        const answers = await Promise.all(
          given.map(({ key, items }) => gathering.call(key, items)),
        );
        expect(answers).toEqual(given.map(({ key, items }) => items.map((one) => `${key}${one}`)));
      }),
    );
  });
});

describe('a call that fails', () => {
  it('costs the others nothing', async () => {
    const { gathering, calls } = failing((items) =>
      items.includes(2) ? new Error('not this one') : undefined,
    );
    const answers = [1, 2, 3].map((item) => gathering.call('a', [item]));
    expect(await Promise.allSettled(answers)).toMatchObject([
      { value: [1] },
      { reason: new Error('not this one') },
      { value: [3] },
    ]);
    expect(calls()).toBe(4);
  });

  it('by itself is not made again', async () => {
    const { gathering, calls } = failing(() => new Error('no'));
    await expect(gathering.call('a', [1])).rejects.toThrow('no');
    expect(calls()).toBe(1);
  });

  it('for something that is away fails for all at once: it would be away for each', async () => {
    const { gathering, calls } = failing(() => new UnavailableError('the log'));
    const answers = [1, 2, 3].map((item) => gathering.call('a', [item]));
    for (const answer of answers) await expect(answer).rejects.toThrow(UnavailableError);
    expect(calls()).toBe(1);
  });

  it('with too few answers gives nobody somebody else’s', async () => {
    const gathering = new Gathering((_: string, items: readonly number[]) =>
      Promise.resolve(items.slice(1)),
    );
    const answers = [gathering.call('a', [1]), gathering.call('a', [2])];
    for (const answer of answers) await expect(answer).rejects.toThrow('an item got no answer');
  });
});
