import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeFolder, makeSecretFile, syncFolder } from '#vault';
import type { Binaries } from './binaries.js';
import { canReach, type ServerUser, serverUserFor } from './server-user.js';
import { sharedFolder, sharedFolderPath } from './shared-folder.js';

export const SUPERUSER = 'ledger';
const PASSWORD_BYTES = 24;

/** The folder of one embedded server: its data, its password, its port and what it said. */
export interface DataFolder {
  readonly path: string;
  readonly pgdata: string;
  readonly log: string;
  readonly portFile: string;
  /** Whom the server runs as; undefined: this process' user. */
  readonly user: ServerUser | undefined;
}

const holdsData = (folder: string): boolean => existsSync(join(folder, 'pgdata/PG_VERSION'));

const folderAt = (path: string): DataFolder => {
  const pgdata = join(path, 'pgdata');
  return {
    path,
    pgdata,
    log: join(path, 'server.log'),
    portFile: join(path, 'port'),
    user: serverUserFor(pgdata),
  };
};

/**
 * Below `dataDir`, unless the server's user cannot get there (root's home is closed): then below
 * /var/tmp, under a name that belongs to this `dataDir`. Where data is already, it stays.
 * Throws if there is data that the server could not get to: an empty one would look like a loss.
 */
export const chooseDataFolder = (dataDir: string): DataFolder => {
  mkdirSync(dataDir, { recursive: true });
  const own = join(realpathSync(dataDir), 'postgres');
  const user = serverUserFor(join(own, 'pgdata'));
  const isReachable = canReach(join(own, 'pgdata'), user);
  if (holdsData(own) && !isReachable)
    throw new Error(
      `The database is in ${own}, but PostgreSQL must not run as root and its user cannot get ` +
        'there. Let everybody search the folders above it (chmod o+x), or start as another user.',
    );
  if (user === undefined || holdsData(own)) return folderAt(own);
  const name = `data-${createHash('sha256').update(own).digest('hex').slice(0, 12)}`;
  const isElsewhere = holdsData(join(sharedFolderPath(), name));
  return folderAt(isReachable && !isElsewhere ? own : join(sharedFolder(), name));
};

const giveTo = (path: string, user: ServerUser | undefined): void => {
  if (user) chownSync(path, user.uid, user.gid);
};

/** The superuser's password: random, made once, in a file that only the server's user can read. */
export const password = (folder: DataFolder): string => {
  const file = join(folder.path, 'password');
  if (!existsSync(file))
    makeSecretFile(file, randomBytes(PASSWORD_BYTES).toString('base64url'), (draft) =>
      giveTo(draft, folder.user),
    );
  return readFileSync(file, 'utf8');
};

/** Makes the database cluster unless it is there. Half of one is never taken for a whole one. */
export const makeCluster = async (
  folder: DataFolder,
  binaries: Binaries,
  isFast: boolean,
): Promise<void> => {
  makeFolder(folder.path);
  giveTo(folder.path, folder.user);
  password(folder);
  if (holdsData(folder.path)) return;
  const draft = `${folder.pgdata}.${randomBytes(6).toString('hex')}`;
  await promisify(execFile)(
    binaries.initdb,
    [
      `--pgdata=${draft}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${join(folder.path, 'password')}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--data-checksums',
      '--no-instructions',
      ...(isFast ? ['--no-sync'] : []),
    ],
    { ...folder.user, cwd: '/', env: { LC_ALL: 'C' } },
  );
  try {
    renameSync(draft, folder.pgdata);
    syncFolder(folder.path);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!holdsData(folder.path)) throw error;
  }
};
