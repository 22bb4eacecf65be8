import { describe, expect, it } from '@jest/globals';
import { parsePostmasterPid } from './postmaster.js';
import { canReach } from './server-user.js';

const nobody = { uid: 65_534, gid: 65_534 };
/** Folders by path; what is not listed does not exist. */
const folders =
  (modes: Record<string, readonly [mode: number, uid?: number, gid?: number]>) =>
  (path: string) => {
    const found = modes[path];
    return found && { mode: 0o40_000 | found[0], uid: found[1] ?? 0, gid: found[2] ?? 0 };
  };

describe('canReach', () => {
  it.each([
    ['a home that is closed', { '/': [0o755], '/root': [0o700], '/root/app': [0o755] }, false],
    [
      'a closed folder right above',
      { '/': [0o755], '/root': [0o755], '/root/app': [0o750] },
      false,
    ],
    ['a folder of the group only', { '/': [0o755], '/root': [0o710, 0, 5] }, false],
    ['a folder that shuts out its owner', { '/': [0o755], '/root': [0o677, 65_534] }, false],
    ['a folder that others may list only', { '/': [0o755], '/root': [0o744] }, false],
    ['open folders', { '/': [0o755], '/root': [0o755], '/root/app': [0o711] }, true],
    ['a folder of its own', { '/': [0o755], '/root': [0o700, 65_534] }, true],
    ['a folder of its group', { '/': [0o755], '/root': [0o710, 0, 65_534] }, true],
    ['folders that are still to be made', { '/': [0o755] }, true],
  ] as const)('%s', (_, modes, expected) => {
    expect(canReach('/root/app/data', nobody, folders(modes))).toBe(expected);
  });

  it('asks nothing where the server runs as we do', () => {
    expect(canReach('/root/app/data', undefined, folders({ '/root': [0] }))).toBe(true);
  });
});

const lines = (status: string) => `41\n/d\n1764000000\n5444\n\n127.0.0.1\n 1 2\n${status}\n`;

describe('parsePostmasterPid', () => {
  it('tells a server that is ready from one that is starting', () => {
    expect(parsePostmasterPid(lines('ready   '))).toEqual({ pid: 41, port: 5444, isReady: true });
    expect(parsePostmasterPid(lines('starting'))).toEqual({ pid: 41, port: 5444, isReady: false });
  });

  it.each(['', '41\n', '41\n/d\n1764000000\n', 'x\n/d\n1\n5444\n', '-1\n/d\n1\n5444\n'])(
    'believes nothing of a half-written file %j',
    (text) => expect(parsePostmasterPid(text)).toBeUndefined(),
  );
});
