import { describe, expect, it } from '@jest/globals';
import { reading } from '../testing/formats.js';
import { formatsIn } from './formats.js';

const toys = new URL('../testing/toy-formats/', import.meta.url);

describe('formatsIn', () => {
  it('finds a format that nothing names but its folder', async () => {
    const [toy, ...others] = await formatsIn(toys);
    expect(others).toEqual([]);
    expect(toy).toMatchObject({ path: '/toy', mediaTypes: ['text/plain'] });
    const items = await toy?.read(toy.parse?.('a\nb'), reading);
    expect(items).toHaveLength(2);
  });

  it('gives every format a name and a path of its own', async () => {
    const formats = await formatsIn();
    expect(new Set(formats.map(({ path }) => path)).size).toBe(formats.length);
    expect(formats.every(({ path }) => path.startsWith('/'))).toBe(true);
  });
});
