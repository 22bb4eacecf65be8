import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dateOf, dateOrderOf } from './dates.js';
import { decimalOf, numberOf } from './numbers.js';
import { defused, textOf } from './text.js';
import { verbOf } from './verbs.js';

describe('numbers', () => {
  it.each<[string, ',' | '.', number]>([
    ['12', '.', 12],
    ['12.5', ',', 12.5],
    ['12,5', '.', 12.5],
    ['1,234', '.', 1234],
    ['1,234', ',', 1.234],
    ['1.234', ',', 1234],
    ['1.234', '.', 1.234],
    ['1.234.567,8', '.', 1234567.8],
    ['1,234,567.8', ',', 1234567.8],
    ['1 234,5', ',', 1234.5],
    ["1'234.5", '.', 1234.5],
    ['−3', '.', -3],
    ['٣٫٥', '.', 3.5],
    ['१२', '.', 12],
    ['１２．５'.replace('．', '.'), '.', 12.5],
    ['1e3', '.', 1000],
  ])('%s with %s is %d', (text, decimal, value) => {
    expect(numberOf(text, decimal)).toEqual({ value });
  });

  it.each([
    '',
    'x',
    '1,2,3.4.5',
    '12 points',
    '--1',
    '0x10',
    '1e999',
    'Infinity',
    'NaN',
    '1.2.3,4',
  ])('"%s" is none', (text) => {
    expect(numberOf(text, '.')).toHaveProperty('reason');
  });

  it('have the decimal sign of their column', () => {
    expect(decimalOf(['1,234', '12,5'])).toBe(',');
    expect(decimalOf(['1.234', '12.5'])).toBe('.');
    expect(decimalOf(['1.234,50'])).toBe(',');
    expect(decimalOf(['1,234', '7'])).toBeUndefined();
  });
});

describe('dates', () => {
  it.each<[string, 'dmy' | 'mdy', string]>([
    ['2026-06-12', 'dmy', '2026-06-12T12:00:00.000Z'],
    ['12.6.2026', 'mdy', '2026-12-06T12:00:00.000Z'],
    ['12.06.26', 'dmy', '2026-06-12T12:00:00.000Z'],
    ['3/4/2026', 'dmy', '2026-04-03T12:00:00.000Z'],
    ['3/4/2026', 'mdy', '2026-03-04T12:00:00.000Z'],
    ['3/4/2026 2:05 pm', 'mdy', '2026-03-04T14:05:00.000Z'],
    ['2026-06-12T09:00:00+02:00', 'dmy', '2026-06-12T07:00:00.000Z'],
    ['2026-06-12 09:00', 'dmy', '2026-06-12T09:00:00.000Z'],
    ['20260612', 'dmy', '2026-06-12T12:00:00.000Z'],
    ['2026年6月12日', 'dmy', '2026-06-12T12:00:00.000Z'],
    ['12 June 2026', 'dmy', '2026-06-12T12:00:00.000Z'],
    ['Jun 12, 2026', 'dmy', '2026-06-12T12:00:00.000Z'],
    ['12. März 2026', 'dmy', '2026-03-12T12:00:00.000Z'],
    ['12 de junio de 2026', 'dmy', '2026-06-12T12:00:00.000Z'],
    ['12 июня 2026', 'dmy', '2026-06-12T12:00:00.000Z'],
    ['٢٠٢٦-٠٦-١٢', 'dmy', '2026-06-12T12:00:00.000Z'],
    ['46023', 'dmy', '2026-01-01T12:00:00.000Z'],
    ['46023.75', 'dmy', '2026-01-01T18:00:00.000Z'],
  ])('%s (%s) is %s', (text, order, value) => {
    expect(dateOf(text, order)).toEqual({ value });
  });

  it.each([
    '31.2.2026',
    '2026-13-01',
    '2026-02-29',
    '0/0/2026',
    '13/13/2026',
    '7',
    '123456',
    'soon',
    '12 Foo 2026',
    '2026-06-12 25:00',
    '2026-06-12 13:00 pm',
    '2026-06-12 and more',
    '1.1.0026',
    '99999',
  ])('"%s" is none', (text) => {
    expect(dateOf(text, 'dmy')).toHaveProperty('reason');
  });

  it('have the order that one of them gives away', () => {
    expect(dateOrderOf(['3/4/2026', '3/14/2026'])).toBe('mdy');
    expect(dateOrderOf(['3/4/2026', '14/3/2026'])).toBe('dmy');
    expect(dateOrderOf(['3.4.2026'])).toBe('dmy');
    expect(dateOrderOf(['2026-03-04'])).toBe('ymd');
    expect(dateOrderOf(['3/4/2026', 'x'])).toBeUndefined();
  });
});

describe('words', () => {
  it.each([
    ['Passed', 'passed'],
    ['BESTANDEN', 'passed'],
    ['nicht  bestanden', 'failed'],
    ['Réussi', 'passed'],
    ['сдал', 'passed'],
    ['完成', 'completed'],
    ['competency-asserted', 'competency-asserted'],
    ['yes', 'completed'],
  ])('%s means %s', (word, value) => {
    expect(verbOf(word)).toEqual({ value });
  });

  it('suggest the word that was meant, and see where nothing happened', () => {
    expect(verbOf('pased')).toMatchObject({ fix: expect.stringContaining('"passed"') });
    expect(verbOf('zzzzzzz')).toMatchObject({ fix: expect.stringContaining('Write one of') });
    expect(verbOf('nein')).toMatchObject({ fix: expect.stringContaining('Leave this row out') });
  });
});

describe('cells', () => {
  it.each(['=1+1', '+SUM(A1)', '-2+3', '@x', '\tx', "=cmd|' /C calc'!A0"])(
    'never start a formula in a file of ours: %j',
    (cell) => {
      expect(defused(cell)).toBe(`'${cell}`);
    },
  );

  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.string(), (cell) => {
        const back = textOf(defused(cell));
        const plain = textOf(cell);
        if (!cell.startsWith("'") && !/^[\t\r]/u.test(cell)) expect(back).toEqual(plain);
        expect(defused(cell)).not.toMatch(/^[=+\-@\t\r]/u);
      }),
    );
  });

  it.each(['=1+1', "'=1+1", 'a\u0000b', 'a\uFFFDb', '\uD800', 'x'.repeat(40_000)])(
    'are refused where they are no value: %j',
    (cell) => {
      expect(textOf(cell)).toHaveProperty('reason');
    },
  );
});
