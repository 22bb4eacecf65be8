import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Whom a server process runs as, when that is somebody else than this process. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** `nobody`: every system has the number, so no user has to be made. */
const NOBODY: ServerUser = { uid: 65_534, gid: 65_534 };

/**
 * PostgreSQL refuses to run as root. Started by root it runs as the owner of its data, or as
 * nobody; otherwise it runs as whoever started it (undefined).
 */
export const serverUserFor = (pgdata: string): ServerUser | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(pgdata, { throwIfNoEntry: false });
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : NOBODY;
};

type Permissions = Pick<NonNullable<ReturnType<typeof statSync>>, 'mode' | 'uid' | 'gid'>;
const statOf = (path: string): Permissions | undefined => statSync(path, { throwIfNoEntry: false });

const maySearch = (folder: Permissions, user: ServerUser): boolean => {
  const mode = Number(folder.mode);
  if (folder.uid === user.uid) return (mode & 0o100) !== 0;
  return (mode & (folder.gid === user.gid ? 0o010 : 0o001)) !== 0;
};

/**
 * True if the user can get to `path`: each folder above it lets them through. What does not exist
 * yet is no obstacle, as we make it. A home of mode 700 is the usual obstacle.
 */
export const canReach = (
  path: string,
  user: ServerUser | undefined,
  stat: (path: string) => Permissions | undefined = statOf,
): boolean => {
  if (user === undefined) return true;
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const permissions = stat(folder);
    if (permissions && !maySearch(permissions, user)) return false;
    if (folder === dirname(folder)) return true;
  }
};
