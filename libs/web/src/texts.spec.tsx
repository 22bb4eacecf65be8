import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { english, type TextKey, Texts } from './texts.js';

const here = new URL('.', import.meta.url);
const sources = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/u.test(file) && !/spec\.tsx?$/u.test(file))
  .map((file) => readFileSync(new URL(file, here), 'utf8'))
  .join('\n');
const keys = Object.keys(english.messages) as TextKey[];

/** Literals as they stand, and templates with anything in their holes. */
const literals = new Set(
  [...sources.matchAll(/['"]([A-Za-z]+(?:\.[^'"\s]+)+)['"]/gu)].map((m) => m[1]),
);
const templates = [...sources.matchAll(/`([A-Za-z]+(?:\.[^`]+)+)`/gu)].map(
  ([, template = '']) =>
    new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\$\{.+?\}/gu, '[^.]+')}$`, 'u'),
);

describe('texts', () => {
  test('every text is used somewhere', () => {
    const unused = keys.filter(
      (key) => !literals.has(key) && !templates.some((template) => template.test(key)),
    );
    expect(unused).toEqual([]);
  });

  test('a text that exists can be found, and one that does not cannot', () => {
    expect(literals.has('check.title')).toBe(true);
    expect(literals.has('check.nothing.of.this.name')).toBe(false);
    expect(templates.length).toBeGreaterThan(5);
  });

  test('every text is a well-formed ICU message', () => {
    const texts = new Texts(english);
    for (const key of keys) {
      const values = Object.fromEntries(
        [...english.messages[key].matchAll(/\{(\w+)/gu)].map(([, name = '']) => [name, 2]),
      );
      expect(texts.text(key, values)).not.toBe('');
    }
  });

  test('a text with values that are missing is refused, not shown with holes', () => {
    expect(() => new Texts(english).text('form.problem', { label: 'Code' })).toThrow('message');
  });

  test('components hold no text of their own', () => {
    const words = [...sources.matchAll(/>\s*([A-Z][a-z]+(?: [a-z]+)+[.?!]?)\s*</gu)].map(
      (m) => m[1],
    );
    expect(words).toEqual([]);
  });

  test('days are those of UTC, and what is no date is shown as it came', () => {
    const texts = new Texts(english);
    expect(texts.day('2026-06-12T23:30:00Z')).toBe('12 June 2026');
    expect(texts.day('2026-06-13T00:30:00+02:00')).toBe('12 June 2026');
    expect(texts.day('some day')).toBe('some day');
  });
});
