import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { problems } from '#contracts';

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => /\.(?:tsx?|js|mjs|sql|css)$/u.test(path));
const read = (path: string): string => readFileSync(path, 'utf8');
const LINES_MAX = 300;

describe('the rules of the house', () => {
  it('has no file over 300 lines', () => {
    const long = tracked
      .filter((path) => /^(?:apps|libs|deploy)\/.*\.tsx?$/u.test(path))
      .map((path) => [path, read(path).split('\n').length - 1] as const)
      .filter(([, lines]) => lines > LINES_MAX);
    expect(long).toEqual([]);
  });

  it('leaves no work for later in the code', () => {
    const marks = new RegExp(
      ['DO', 'ME'].map((end, n) => `${['TO', 'FIX'][n]}${end}`).join('|'),
      'u',
    );
    expect(tracked.filter((path) => marks.test(read(path)))).toEqual([]);
  });

  it('keeps apps small', () => {
    const mains = tracked.filter((path) => /^apps\/[^/]+\/src\/main\.ts$/u.test(path));
    expect(mains.length).toBeGreaterThan(5);
    for (const path of mains)
      expect([path, read(path).split('\n').length <= 15]).toEqual([path, true]);
  });

  it('gives every broken rule a row in the table of problems', () => {
    const used = tracked
      .filter((path) => /^libs\/.*\.tsx?$/u.test(path) && !/spec\.tsx?$/u.test(path))
      .flatMap((path) => [...read(path).matchAll(/new DomainError\(\s*'(?<code>[a-z-]+)'/gu)])
      .map((match) => match.groups?.['code'] ?? '');
    expect(used.length).toBeGreaterThan(20);
    expect([...new Set(used)].filter((code) => !(code in problems))).toEqual([]);
  });

  it('tells operators of every secret that it makes', () => {
    const made = tracked
      .filter((path) => /^(?:apps|libs)\/.*\.tsx?$/u.test(path) && !/spec\.tsx?$/u.test(path))
      .flatMap((path) => [
        ...read(path).matchAll(/(?:\bsecret\(|const SECRET = )'(?<name>[a-z-]+)'/gu),
      ])
      .map((match) => match.groups?.['name'] ?? '');
    expect(new Set(made).size).toBeGreaterThan(12);
    const told = read('docs/operations.md');
    expect([...new Set(made)].filter((name) => !told.includes(`| \`${name}.key\``))).toEqual([]);
  });

  it('writes no address of a registry and no path of a machine into the project', () => {
    const lock = read('package-lock.json');
    expect(lock).not.toMatch(/"resolved":/u);
  });
});
