import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SourceTextModule } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { bugs, type Patch } from './bugs.js';
import { patched } from './plant.js';

/** Applies patches to built code, file by file, in order. Throws also if that is no code any more. */
const apply = (patches: readonly Patch[]): readonly SourceTextModule[] => {
  const files = new Map<string, string>();
  for (const patch of patches) {
    const code = files.get(patch.file) ?? readFileSync(join('dist', patch.file), 'utf8');
    files.set(patch.file, patched(code, patch));
  }
  return [...files.values()].map((code) => new SourceTextModule(code));
};

describe('the planted bugs', () => {
  it('are ten', () => {
    expect(new Set(bugs.map(({ name }) => name)).size).toBe(10);
  });
  it.each(bugs.map(({ name, patches }) => [name, patches] as const))(
    'fit the code that was built: %s',
    (_, patches) => {
      expect(() => apply(patches)).not.toThrow();
    },
  );
  it.each([
    ['is not there', 'a b'],
    ['is there twice', 'xx'],
  ])('do not fit where what they change %s', (_, code) => {
    expect(() => patched(code, { file: 'f', search: 'x', replace: 'y' })).toThrow('f has this');
  });
});
