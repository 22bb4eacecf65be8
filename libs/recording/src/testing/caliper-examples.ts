import { readdirSync } from 'node:fs';
import { standards, standardsPath } from '#testing';
import { validateCaliper } from '../formats/caliper/validate.js';
import { parseWritten } from '../formats/caliper/written.js';

type Folder = 'fixtures' | 'error-fixtures';

/** The names of the examples of 1EdTech; `fixtures` are right, `error-fixtures` are wrong. */
export const filesIn = (folder: Folder): readonly string[] =>
  readdirSync(standardsPath(`caliper-1.2/${folder}`)).filter((name) => name.endsWith('.json'));

/** One of them, as text. */
export const read = (folder: Folder, name: string): string =>
  standards(`caliper-1.2/${folder}/${name}`);

/** What is wrong with a document, as it is written. */
export const issuesOf = (text: string) => {
  const { value, numbers } = parseWritten(text);
  return validateCaliper(value, numbers);
};
export const pointers = (issues: readonly { readonly pointer: string }[]): readonly string[] =>
  issues.map(({ pointer }) => pointer);
