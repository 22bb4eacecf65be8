import { describe, expect, it } from '@jest/globals';
import { processorTime } from '#testing';
import { compile } from './json-schema.js';

const list = compile({
  type: 'object',
  additionalProperties: false,
  properties: { members: { type: 'array', items: { type: 'string' } } },
});

describe('a check by JSON Schema', () => {
  it('tells all that is wrong', () => {
    expect(list({ members: ['a', 1], age: 7 })).toEqual([
      { pointer: '#/age', detail: 'Unknown field "age".' },
      { pointer: '#/members/1', detail: 'Must be text.' },
    ]);
    expect(list({ members: ['a'] })).toEqual([]);
  });

  it('is quick with much that is wrong, and tells the first of it', () => {
    const members = Array.from({ length: 2_000_000 }, () => 0);
    list({ members: [0] });
    const spent = processorTime(() =>
      expect(list({ members })).toEqual([{ pointer: '#/members/0', detail: 'Must be text.' }]),
    );
    expect(spent).toBeLessThan(500);
  });

  it('never takes a value for valid because its only error says little', () => {
    const one = compile({ oneOf: [{ required: ['a'] }, { required: ['b'] }] });
    expect(one({ a: 1, b: 1 })).toHaveLength(1);
    expect(one({ a: 1 })).toEqual([]);
  });
});
