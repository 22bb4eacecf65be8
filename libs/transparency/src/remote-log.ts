import {
  type Checkpoint,
  formatTilePath,
  HASH_BYTES,
  type HashReader,
  type NoteKey,
  openNote,
  parseCheckpoint,
  tileReader,
  type TileName,
  TILE_WIDTH,
  tileWidthAt,
} from '#merkle';

const TIMEOUT_MS = 20_000;
const NOTE_BYTES_MAX = 100_000;
const TILE_BYTES_MAX = TILE_WIDTH * HASH_BYTES;
/** A bundle of 256 entries of 65,535 bytes, each after its length. */
const BUNDLE_BYTES_MAX = TILE_WIDTH * (2 + 65_535);

/** A checkpoint with the signed note that says it. */
export interface SignedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly note: string;
}

/**
 * Reads a signed checkpoint. Throws unless this key has signed it, and it is one of the log that
 * the key is named after.
 */
export const openCheckpoint = (note: string, key: NoteKey): SignedCheckpoint => {
  const checkpoint = parseCheckpoint(openNote(note, [key]));
  if (checkpoint.origin !== key.name)
    throw new Error(`the checkpoint is of ${checkpoint.origin}, not of ${key.name}`);
  return { checkpoint, note };
};

/** A log of somebody else's, read over HTTP as C2SP tlog-tiles says. Trusts nothing but the key. */
export class RemoteLog {
  readonly #prefix: string;

  constructor(
    prefix: string,
    private readonly key: NoteKey,
    private readonly options: {
      /** For bundles of entries, which ask for the auditor's role. */
      readonly token?: string | undefined;
      /** Gives up what is on its way. */
      readonly signal?: AbortSignal;
    } = {},
  ) {
    this.#prefix = prefix.replace(/\/+$/u, '');
  }

  /** Throws if it cannot be had or was not signed by the key. */
  async checkpoint(): Promise<SignedCheckpoint> {
    const bytes = await this.#get('checkpoint', NOTE_BYTES_MAX);
    if (!bytes) throw new Error(`there is no log at ${this.#prefix}`);
    return openCheckpoint(bytes.toString(), this.key);
  }

  /** Hashes of the log when it had `size` entries. */
  reader(size: number): HashReader {
    return tileReader((level, index) => this.tile(size, level, index));
  }

  /** A tile of a log of this size: whole, or as much as there is. Throws if it is cut short. */
  async tile(size: number, level: number, index: number): Promise<Buffer> {
    const width = tileWidthAt(size, level, index);
    const bytes = await this.#wideEnough({ level, index, width }, TILE_BYTES_MAX);
    if (bytes.length < width * HASH_BYTES) throw new Error('a tile is cut short');
    return bytes.subarray(0, width * HASH_BYTES);
  }

  /** A bundle of entries of a log of this size. */
  async bundle(size: number, index: number): Promise<Buffer> {
    const width = tileWidthAt(size, 'entries', index);
    return this.#wideEnough({ level: 'entries', index, width }, BUNDLE_BYTES_MAX);
  }

  /** A log that has grown need not keep partial tiles: the full one begins with them. */
  async #wideEnough(name: TileName, bytesMax: number): Promise<Buffer> {
    const bytes =
      (await this.#get(`tile/${formatTilePath(name)}`, bytesMax)) ??
      (await this.#get(`tile/${formatTilePath({ ...name, width: TILE_WIDTH })}`, bytesMax));
    if (!bytes) throw new Error(`the log lacks the tile ${formatTilePath(name)}`);
    return bytes;
  }

  /** Undefined where there is nothing. */
  async #get(path: string, bytesMax: number): Promise<Buffer | undefined> {
    const { token, signal } = this.options;
    const abandon = new AbortController();
    const signals = [abandon.signal, AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])];
    const response = await fetch(`${this.#prefix}/${path}`, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      redirect: 'error',
      signal: AbortSignal.any(signals),
    });
    if (!response.ok || !response.body) {
      // A body that nobody reads keeps its connection.
      abandon.abort();
      if (response.status === 404) return undefined;
      throw new Error(`${this.#prefix}/${path} answered ${response.status}`);
    }
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of response.body) {
      length += chunk.length;
      if (length > bytesMax) throw new Error(`${path} is longer than it may be`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }
}
