import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries.js';
import type { DataFolder } from './data-folder.js';

const POLL_MS = 10;
/** Recovery after a crash can take a while. */
const START_MS = 120_000;
const STOP_MS = 20_000;
const LOG_BYTES_MAX = 10_000_000;
const LOG_TAIL_CHARS = 2_000;
/** PostgreSQL writes its file in the moment in which it makes it. */
const EMPTY_MS_MAX = 500;

/** What `postmaster.pid` says of a server. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly isReady: boolean;
}

/** The lines of the file (PostgreSQL, miscadmin.h): pid, data, start, port, sockets, address,
 *  shared memory, status. Undefined if it is only half written. */
export const parsePostmasterPid = (text: string): Postmaster | undefined => {
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 0 || !Number.isInteger(port) || port <= 0) return undefined;
  return { pid, port, isReady: lines[7] === 'ready' };
};

const pidFile = (folder: DataFolder): string => join(folder.pgdata, 'postmaster.pid');

const commandOf = (pid: number): string => {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
};

/** The server that runs on this data, if one does. A pid that another program has now is not it. */
export const runningPostmaster = (folder: DataFolder): Postmaster | undefined => {
  let text: string;
  try {
    text = readFileSync(pidFile(folder), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const found = parsePostmasterPid(text);
  if (found === undefined) {
    if (text === '') dropRemnant(pidFile(folder));
    return undefined;
  }
  const command = commandOf(found.pid);
  if (command.includes('postgres') && command.includes(folder.pgdata)) return found;
  // PostgreSQL itself clears a file whose process is gone, after looking at the shared memory;
  // but it would refuse to start because of a stranger that got the same number.
  if (command !== '' && !command.includes('postgres')) rmSync(pidFile(folder), { force: true });
  return undefined;
};

/**
 * An empty file is left where the disk was full when a server started. PostgreSQL refuses to start
 * for as long as it lies there; one that is being written is empty for less than a moment.
 */
const dropRemnant = (file: string): void => {
  const { mtimeMs = Date.now() } = statSync(file, { throwIfNoEntry: false }) ?? {};
  if (Date.now() - mtimeMs > EMPTY_MS_MAX) rmSync(file, { force: true });
};

const logTail = (folder: DataFolder): string => {
  try {
    return readFileSync(folder.log, 'utf8').slice(-LOG_TAIL_CHARS);
  } catch {
    return '';
  }
};

/** Starts a server and waits until it takes connections. Throws with what it said otherwise. */
export const startPostmaster = async (
  folder: DataFolder,
  binaries: Binaries,
  settings: Readonly<Record<string, string>>,
): Promise<void> => {
  const size = statSync(folder.log, { throwIfNoEntry: false })?.size ?? 0;
  const log = openSync(folder.log, size > LOG_BYTES_MAX ? 'w' : 'a', 0o600);
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // In a session of its own: Ctrl-C is for us, and we stop it in order.
  const child = spawn(binaries.postgres, ['-D', folder.pgdata, ...flags], {
    ...folder.user,
    cwd: '/',
    env: { LC_ALL: 'C' },
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let failure: string | undefined;
  child.once('error', (error) => (failure = error.message));
  child.once('exit', (code, signal) => (failure = `ended with ${code ?? signal}`));
  child.unref();
  await untilReady(folder, () => failure);
};

/**
 * Waits until the server on this data takes connections. If two processes start at once, one
 * server holds the data and the other one fails: both wait for the former.
 */
export const untilReady = async (
  folder: DataFolder,
  failure: () => string | undefined = () => 'it ended',
): Promise<Postmaster> => {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const running = runningPostmaster(folder);
    if (running?.isReady) return running;
    const reason = failure();
    if (reason !== undefined && running === undefined)
      throw new Error(`PostgreSQL did not start (${reason}).\n${logTail(folder)}`);
    if (Date.now() > deadline)
      throw new Error(`PostgreSQL is not ready after ${START_MS / 1000} s.\n${logTail(folder)}`);
    await sleep(POLL_MS);
  }
};

const hasEnded = async (pid: number, withinMs: number): Promise<boolean> => {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    if (!commandOf(pid).includes('postgres')) return true;
    await sleep(POLL_MS);
  }
  return false;
};

/**
 * Stops a server: quickly but in order (SIGINT); if that takes too long, at once (SIGQUIT); if it
 * hangs, by force. After the last two it recovers at its next start; nothing committed is lost.
 */
export const stopPostmaster = async (pid: number): Promise<void> => {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    try {
      process.kill(pid, signal);
      // One that was suspended sees no signal before it goes on.
      process.kill(pid, 'SIGCONT');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
      throw error;
    }
    if (await hasEnded(pid, STOP_MS)) return;
  }
  throw new Error(`PostgreSQL (process ${pid}) does not stop.`);
};
