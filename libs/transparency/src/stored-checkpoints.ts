import { join } from 'node:path';
import {
  type Checkpoint,
  type NoteKey,
  noteKey,
  notePrivateKey,
  parseCheckpoint,
  splitNote,
} from '#merkle';
import type { KeyRing } from '#vault';
import { FileCheckpointStore } from './file-checkpoint-store.js';
import { openCheckpoint } from './remote-log.js';

/** The private key of a log's checkpoints. */
export const checkpointKey = (keyRing: KeyRing, log: string) =>
  notePrivateKey(keyRing.secret(`checkpoints-${log}`));

/** The public half of it, named as a note of the log says. */
export const checkpointKeyOf = (keyRing: KeyRing, log: string, note: string): NoteKey =>
  noteKey(parseCheckpoint(splitNote(note).text).origin, checkpointKey(keyRing, log));

/** Where the checkpoints of a log are kept. */
export const checkpointStore = (checkpointsDir: string, log: string): FileCheckpointStore =>
  new FileCheckpointStore(join(checkpointsDir, log));

/**
 * The checkpoints that are kept of a log, oldest first; and how many of the files are none that the
 * log's key has signed.
 */
export const storedCheckpoints = async (
  checkpointsDir: string,
  keyRing: KeyRing,
  log: string,
): Promise<{ readonly checkpoints: readonly Checkpoint[]; readonly unsigned: number }> => {
  const stored = await checkpointStore(checkpointsDir, log).all();
  const checkpoints = stored.flatMap(({ note }) => {
    try {
      return [openCheckpoint(note, checkpointKeyOf(keyRing, log, note)).checkpoint];
    } catch {
      return [];
    }
  });
  return { checkpoints, unsigned: stored.length - checkpoints.length };
};
