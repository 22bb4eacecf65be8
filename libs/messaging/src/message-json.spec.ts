import { describe, expect, it } from '@jest/globals';
import { parse, serialise } from './message-json.js';
import { MemoryLog } from './testing/memory-log.js';

const entry = () => {
  const { leafHash: _, ...message } = new MemoryLog().add('learning-event', 'urn:lrn:a', { x: 1 });
  return message;
};

describe('a message as bytes', () => {
  it('comes back the same', () => {
    const full = { ...entry(), provider: 'uni', stream: 'case-1', version: 3 };
    expect(parse(serialise(full))).toEqual(full);
  });

  it('comes back without what it did not have', () => {
    const { alias: _, sealed: __, ...bare } = entry();
    expect(parse(serialise(bare))).toEqual(bare);
    expect(Object.keys(parse(serialise(bare)))).not.toContain('sealed');
  });

  it.each([
    ['an unknown kind', { kind: 'telemetry' }],
    ['a negative seq', { seq: -1 }],
    ['a time without an offset', { time: '2026-01-02T03:04:05' }],
    ['an empty log', { log: '' }],
    ['version 0', { version: 0 }],
  ])('refuses %s', (_name, wrong) => {
    expect(() => parse(serialise({ ...entry(), ...wrong } as never))).toThrow();
  });

  it('refuses bytes that are not JSON', () => {
    expect(() => parse(Buffer.from('{'))).toThrow(SyntaxError);
  });
});
