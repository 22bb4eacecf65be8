import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatTilePath, parseTilePath, tileWidthAt } from './tile-path.js';

describe('the path of a tile', () => {
  it.each([
    [{ level: 0, index: 0, width: 256 }, '0/000'],
    [{ level: 0, index: 1_234_067, width: 256 }, '0/x001/x234/067'],
    [{ level: 63, index: 67, width: 1 }, '63/067.p/1'],
    [{ level: 'entries', index: 273, width: 112 }, 'entries/273.p/112'],
  ] as const)('of %j is %s', (name, path) => {
    expect(formatTilePath(name)).toBe(path);
    expect(parseTilePath(path)).toEqual(name);
  });

  it('says after reading what it said', () => {
    const level = fc.oneof(fc.nat(63), fc.constant('entries' as const));
    const names = fc.record({
      level,
      index: fc.maxSafeNat(),
      width: fc.integer({ min: 1, max: 256 }),
    });
    fc.assert(
      fc.property(names, (name) => expect(parseTilePath(formatTilePath(name))).toEqual(name)),
    );
  });

  it('is written in one way only', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-z./]{1,20}$/u), (path) => {
        const name = parseTilePath(path);
        return name === undefined || formatTilePath(name) === path;
      }),
    );
  });

  it.each([
    '',
    '0',
    '0/',
    '0/0',
    '00/000',
    '64/000',
    '-1/000',
    '0/x000/000',
    '0/000/000',
    '0/x001/x234',
    '0/000.p/0',
    '0/000.p/256',
    '0/000.p/01',
    '0/000.p/',
    '0/../000',
    '../0/000',
    'entries/../../checkpoint',
    ' 0/000',
    '0/000\n',
    '0/٠٠٠',
    '0/x999/x999/x999/x999/x999/999',
    `0/${'x001/'.repeat(10_000)}000`,
  ])('is not %j', (path) => {
    expect(parseTilePath(path)).toBeUndefined();
  });
});

describe('the width of a tile', () => {
  it.each([
    [0, 0, 0, 0],
    [70_000, 0, 0, 256],
    [70_000, 0, 273, 112],
    [70_000, 0, 274, 0],
    [70_000, 'entries', 273, 112],
    [70_000, 1, 1, 17],
    [70_000, 2, 0, 1],
    [70_000, 3, 0, 0],
    [70_000, 63, 0, 0],
    [2 ** 53 - 1, 0, 2 ** 53 - 1, 0],
  ] as const)('in a log of %d entries at level %s, tile %d, is %d', (size, level, index, width) => {
    expect(tileWidthAt(size, level, index)).toBe(width);
  });
});
