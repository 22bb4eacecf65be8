import { Readable } from 'node:stream';
import { type Entry, fromRandomAccessReader, RandomAccessReader, type ZipFile } from 'yauzl';
import { type FileBytes, FileFault } from '../faults.js';
import {
  UNPACK_RATIO_FROM_BYTES,
  UNPACK_RATIO_MAX,
  UNPACKED_BYTES_MAX,
  ZIP_ENTRIES_MAX,
} from '../limits.js';

const READ_BYTES = 64 * 1024;

const broken = (): FileFault =>
  new FileFault(
    'This workbook is damaged.',
    'Open it in your spreadsheet program, save it again as .xlsx, and upload that.',
  );
const bomb = (): FileFault =>
  new FileFault(
    'This workbook unpacks to far more than a workbook does, so it was not read.',
    'Save the sheet as CSV (UTF-8) and upload that.',
  );

/** Reads a stored file wherever the package's own list says. */
class StoredFile extends RandomAccessReader {
  /** Why it could not be read: that is no fault of the workbook. */
  failure: unknown;

  constructor(private readonly file: FileBytes) {
    super();
  }

  /** What to say where the package could not be read on. */
  fault(): unknown {
    return this.failure ?? broken();
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#pieces(start, end), { objectMode: false });
  }

  async *#pieces(start: number, end: number): AsyncGenerator<Buffer> {
    try {
      for (let at = start; at < end; at += READ_BYTES)
        yield await this.file.read(at, Math.min(READ_BYTES, end - at));
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}

/** A workbook's package (ZIP). What is unpacked is counted while it is, for all parts together. */
export class WorkbookPackage {
  readonly #file: StoredFile;
  readonly #zip: ZipFile;
  readonly #parts: ReadonlyMap<string, Entry>;
  #unpacked = 0;

  private constructor(file: StoredFile, zip: ZipFile, parts: ReadonlyMap<string, Entry>) {
    this.#file = file;
    this.#zip = zip;
    this.#parts = parts;
  }

  /** Throws FileFault for what is no ZIP, or one with too many parts. */
  static async open(file: FileBytes): Promise<WorkbookPackage> {
    const stored = new StoredFile(file);
    const zip = await new Promise<ZipFile>((resolve, reject) => {
      const options = { lazyEntries: true, autoClose: false } as const;
      fromRandomAccessReader(stored, file.size, options, (error, opened) => {
        if (error) reject(stored.fault());
        else resolve(opened);
      });
    });
    return new WorkbookPackage(stored, zip, await partsOf(zip, stored));
  }

  has(part: string): boolean {
    return this.#parts.has(part.toLowerCase());
  }

  /** The bytes of a part. Throws FileFault for one that is damaged, or unpacks without end. */
  async *part(name: string): AsyncGenerator<Buffer> {
    const entry = this.#parts.get(name.toLowerCase());
    if (!entry) throw broken();
    if (entry.uncompressedSize > UNPACKED_BYTES_MAX) throw bomb();
    const stream = await new Promise<Readable>((resolve, reject) => {
      this.#zip.openReadStream(entry, (error, opened) => {
        if (error) reject(this.#file.fault());
        else resolve(opened);
      });
    });
    let bytes = 0;
    try {
      for await (const piece of stream as AsyncIterable<Buffer>) {
        bytes += piece.length;
        this.#unpacked += piece.length;
        const isTooMuch =
          this.#unpacked > UNPACKED_BYTES_MAX ||
          (bytes > UNPACK_RATIO_FROM_BYTES && bytes > entry.compressedSize * UNPACK_RATIO_MAX);
        if (isTooMuch) throw bomb();
        yield piece;
      }
    } catch (error) {
      if (error instanceof FileFault || !isOfZip(error)) throw error;
      throw this.#file.fault();
    } finally {
      stream.destroy();
    }
  }
}

/** What inflating and yauzl say; what the database says goes on as it is. */
const isOfZip = (error: unknown): boolean =>
  error instanceof Error &&
  (('code' in error && String(error.code).startsWith('Z_')) ||
    /bytes in the stream|invalid|unexpected EOF|CRC/iu.test(error.message));

const partsOf = (zip: ZipFile, stored: StoredFile): Promise<ReadonlyMap<string, Entry>> => {
  if (zip.entryCount > ZIP_ENTRIES_MAX) return Promise.reject(bomb());
  const parts = new Map<string, Entry>();
  return new Promise((resolve, reject) => {
    zip.on('entry', (entry: Entry) => {
      parts.set(entry.fileName.toLowerCase(), entry);
      zip.readEntry();
    });
    zip.once('end', () => resolve(parts));
    zip.once('error', () => reject(stored.fault()));
    zip.readEntry();
  });
};
