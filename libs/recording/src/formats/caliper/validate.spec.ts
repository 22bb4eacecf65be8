import { readdirSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { describeWithStandards, standards, standardsPath } from '#testing';
import { validateCaliper } from './validate.js';
import { parseWritten } from './written.js';

const FOLDER = 'caliper-1.2';
const filesIn = (folder: string): readonly string[] =>
  readdirSync(standardsPath(`${FOLDER}/${folder}`)).filter((name) => name.endsWith('.json'));

const issuesOf = (text: string) => {
  const { value, numbers } = parseWritten(text);
  return validateCaliper(value, numbers);
};

describeWithStandards('validateCaliper', () => {
  it.each(filesIn('fixtures'))('accepts %s', (name) => {
    expect(issuesOf(standards(`${FOLDER}/fixtures/${name}`))).toEqual([]);
  });
  it.each(filesIn('error-fixtures').filter((name) => !name.includes('BadJson')))('refuses %s', (name) => {
    const i = issuesOf(standards(`${FOLDER}/error-fixtures/${name}`));
    console.log(name, JSON.stringify(i));
    expect(i).not.toEqual([]);
  });
});
