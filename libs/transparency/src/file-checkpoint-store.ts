import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckpointStore, type StoredCheckpoint } from './checkpoint-store.js';

/** How many are kept. Who fell further behind than this between two steps is told "not the last". */
export const KEPT = 32;
const DRAFT_MS_MAX = 3_600_000;
const DIGITS = 12;
const NAME = /^(?<generation>\d{12})\.checkpoint$/u;
const DRAFT = '.draft';

/**
 * Checkpoints as files `<generation>.checkpoint` in a folder of their own. The name is the lock:
 * each generation is written whole and synced under another name first, then linked to its own,
 * which the file system does for one process only. A crash at any step leaves the last one whole
 * and at most a draft.
 */
export class FileCheckpointStore extends CheckpointStore {
  readonly #folder: string;

  constructor(folder: string) {
    super();
    this.#folder = folder;
  }

  /** Makes the folder and clears away old drafts. Throws if it may not be written. */
  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#folder)) {
      if (!name.endsWith(DRAFT)) continue;
      const path = join(this.#folder, name);
      const made = await stat(path).catch(() => undefined);
      if (made && Date.now() - made.mtimeMs > DRAFT_MS_MAX)
        await unlink(path).catch(() => undefined);
    }
    await this.#sync();
  }

  async latest(): Promise<StoredCheckpoint | undefined> {
    const generation = await this.#last();
    if (generation === 0) return undefined;
    return { generation, note: await readFile(this.#path(generation), 'utf8') };
  }

  /** What is kept, oldest first; nothing where there is no folder. */
  async all(): Promise<readonly StoredCheckpoint[]> {
    const generations = await this.#generations().catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    return Promise.all(
      generations
        .toSorted((a, b) => a - b)
        .map(async (generation) => ({
          generation,
          note: await readFile(this.#path(generation), 'utf8'),
        })),
    );
  }

  async swap(seen: StoredCheckpoint | undefined, note: string): Promise<boolean> {
    const generation = (seen?.generation ?? 0) + 1;
    const draft = await this.#draft(note);
    try {
      await link(draft, this.#path(generation));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      await unlink(draft);
    }
    await this.#sync();
    // Who slept may find its name free again, as old ones are cleared away.
    if ((await this.#last()) >= generation + KEPT) return false;
    await this.#clear(generation - KEPT);
    return true;
  }

  async replace(generation: number, note: string): Promise<void> {
    const draft = await this.#draft(note);
    await rename(draft, this.#path(generation));
    await this.#sync();
  }

  #path(generation: number): string {
    return join(this.#folder, `${String(generation).padStart(DIGITS, '0')}.checkpoint`);
  }

  async #generations(): Promise<readonly number[]> {
    const names = await readdir(this.#folder);
    return names.flatMap((name) => {
      const generation = NAME.exec(name)?.groups?.['generation'];
      return generation === undefined ? [] : [Number(generation)];
    });
  }

  async #last(): Promise<number> {
    return (await this.#generations()).reduce((a, b) => Math.max(a, b), 0);
  }

  async #clear(upTo: number): Promise<void> {
    for (const generation of await this.#generations())
      if (generation <= upTo) await unlink(this.#path(generation)).catch(() => undefined);
  }

  async #draft(note: string): Promise<string> {
    const path = join(this.#folder, `${process.pid}.${randomBytes(6).toString('hex')}${DRAFT}`);
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(note);
      await file.sync();
      return path;
    } catch (error) {
      // A full disk, tried twice a second, must not leave a file each time.
      await unlink(path).catch(() => undefined);
      throw error;
    } finally {
      await file.close();
    }
  }

  async #sync(): Promise<void> {
    const folder = await open(this.#folder, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}
