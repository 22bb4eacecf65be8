import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isReachableByAll, isRoot, UNPRIVILEGED } from './binaries.js';

const FALLBACK_ROOT = '/var/tmp';

/** Where PostgreSQL's data lies; `moved` where that is not under DATA_DIR. */
export interface DataFolder {
  readonly path: string;
  readonly moved: boolean;
}

/**
 * `DATA_DIR/postgres`; as root, where its unprivileged user cannot walk there, a folder of the same
 * installation under /var/tmp instead, named after DATA_DIR so that it is found again.
 */
export const postgresDataFolder = (dataDir: string): DataFolder => {
  const wanted = join(resolve(dataDir), 'postgres');
  mkdirSync(dirname(wanted), { recursive: true });
  if (!isRoot() || isReachableByAll(dirname(wanted))) return owned({ path: wanted, moved: false });
  const name = createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 12);
  return owned({ path: join(FALLBACK_ROOT, `ledger-postgres-${name}`), moved: true });
};

/** PostgreSQL insists on a folder of its own user, closed to all others. */
const owned = (folder: DataFolder): DataFolder => {
  if (!existsSync(folder.path)) {
    mkdirSync(folder.path, { mode: 0o700 });
    if (isRoot()) chownSync(folder.path, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
  }
  const expected = isRoot() ? UNPRIVILEGED.uid : process.getuid?.();
  if (expected !== undefined && statSync(folder.path).uid !== expected)
    throw new Error(
      `${folder.path} belongs to another user. Start the ledger as the user who started it ` +
        'first, or set DATA_DIR to another folder.',
    );
  chmodSync(folder.path, 0o700);
  return folder;
};
