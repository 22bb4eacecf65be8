import { lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where it would be; `parent` is for tests. */
export const sharedFolderPath = (parent = '/var/tmp'): string =>
  join(parent, `lifelong-learning-ledger-${process.getuid?.() ?? 0}`);

/**
 * A folder of this user's below /var/tmp, which survives a restart of the machine and which every
 * user can get to. Others can write beside it, so what is there is only believed if it is ours.
 * Throws if somebody else has taken the name.
 */
export const sharedFolder = (parent?: string): string => {
  const folder = sharedFolderPath(parent);
  try {
    mkdirSync(folder, { mode: 0o755 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const found = lstatSync(folder);
  if (
    !found.isDirectory() ||
    found.uid !== (process.getuid?.() ?? found.uid) ||
    (found.mode & 0o022) !== 0
  )
    throw new Error(
      `${folder} is not a folder that only you can write to. Remove it and try again.`,
    );
  return folder;
};
