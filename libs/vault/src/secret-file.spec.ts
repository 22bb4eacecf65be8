import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeSecretFile, makeFolder } from './secret-file.js';

// That it outlasts a power cut is shown on a disk whose power is cut (test/chaos).
describe('a secret in a file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ledger-file-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is its owner’s alone, and leaves no draft behind', () => {
    makeSecretFile(join(folder, 'a'), 'text');
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('text');
    expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('stays as it is when somebody makes it again', () => {
    makeSecretFile(join(folder, 'a'), 'first');
    makeSecretFile(join(folder, 'a'), 'second');
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('first');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('is not there if it could not be given to its owner', () => {
    const refuse = (): void => {
      throw new Error('no such owner');
    };
    expect(() => makeSecretFile(join(folder, 'a'), 'text', refuse)).toThrow('no such owner');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('needs its folder, which is made with those above it', () => {
    const below = join(folder, 'b', 'c');
    expect(() => makeSecretFile(join(below, 'a'), 'text')).toThrow(/ENOENT/);
    makeFolder(below);
    makeFolder(below);
    makeSecretFile(join(below, 'a'), 'text');
    expect(statSync(below).mode & 0o777).toBe(0o700);
  });
});
