import { describe, expect, it } from '@jest/globals';
import { tokensWithInherited } from './inherited-tokens.js';
import { INHERITED_MAX } from './statement-table.js';

const one = (
  id: string,
  target?: string,
  tokens: readonly bigint[] = [BigInt(id)],
  client = 'a',
) => ({
  client,
  statement: { id, tokens, ...(target === undefined ? {} : { target }) },
});
const sorted = (found: readonly (readonly bigint[])[]) =>
  found.map((tokens) => tokens.map(Number).toSorted((a, b) => a - b));

describe('the tokens of new statements', () => {
  it.each([
    ['are their own', [one('1'), one('2')], [[1], [2]]],
    ['are of what they point at, too', [one('1'), one('2', '1')], [[1], [1, 2]]],
    ['whichever comes first', [one('2', '1'), one('1')], [[1, 2], [1]]],
    ['over a chain', [one('3', '2'), one('1'), one('2', '1')], [[1, 2, 3], [1], [1, 2]]],
    [
      'of what is stored',
      [one('2', '9'), one('3', '2')],
      [
        [2, 9],
        [2, 3, 9],
      ],
    ],
    ['not of what is another client’s', [one('2', '8')], [[2]]],
    ['not of what is not there', [one('2', '7')], [[2]]],
    [
      'not of another client’s new one',
      [one('2', '1'), one('1', undefined, [5n], 'b')],
      [[2], [5]],
    ],
    ['once', [one('2', '1', [1n, 2n]), one('1')], [[1, 2], [1]]],
  ])('%s', (_, all, expected) => {
    const rows = [
      { client: 'a', id: '9', tokens: ['9'] },
      { client: 'b', id: '8', tokens: ['8'] },
    ];
    expect(sorted(tokensWithInherited(all, rows))).toEqual(expected);
  });

  it('end where statements point at each other, or at themselves', () => {
    const circle = [one('0', '1'), one('1', '2'), one('2', '1'), one('3', '3')];
    expect(sorted(tokensWithInherited(circle, []))).toEqual([[0, 1, 2], [1, 2], [1, 2], [3]]);
  });

  it('are found down a chain of any length', () => {
    const chain = Array.from({ length: 1_000 }, (_, n) => one(String(n), String(n + 1)));
    const found = tokensWithInherited(chain, []);
    expect(found.at(-1)).toHaveLength(1);
    expect(found.at(0)).toHaveLength(1_000);
  });

  it('are no more than somebody means', () => {
    const many = Array.from({ length: 3 * INHERITED_MAX }, (_, n) => BigInt(n + 10));
    const [, heir] = tokensWithInherited([one('1', undefined, many), one('2', '1')], []);
    expect(heir).toHaveLength(INHERITED_MAX + 1);
  });
});
