import type { IncomingHttpHeaders } from 'node:http';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  Busboy,
  type BusboyFileStream,
  type BusboyHeaders,
  type BusboyInstance,
} from '@fastify/busboy';
import { Injectable } from '@nestjs/common';
import { DomainError, UnavailableError } from '#kernel';
import type { Area } from '#contracts';
import { Utf8Check } from './encoding.js';
import type { Fault } from './faults.js';
import { ImportStore, type NewFile } from './import-store.js';
import {
  CHUNK_BYTES,
  FILE_NAME_MAX,
  UPLOAD_BYTES_MAX,
  UPLOAD_FILES_MAX,
  UPLOAD_IDLE_MS_MAX,
} from './limits.js';
import { kindOf } from './sheet.js';
import { StoredFiles } from './stored-files.js';
import { areaOfUpload, TEST_FIELD } from './trial.js';

/** What stands around the files in a body. */
const AROUND_BYTES_MAX = UPLOAD_FILES_MAX * 1_024;
const FIELDS_MAX = 20;
const FIELD_BYTES_MAX = 1_024;
const LINE_FEED = 10;

const NOT_A_TABLE: Fault = {
  reason: 'This is neither a CSV file nor an Excel workbook (.xlsx) that can be opened.',
  fix: 'Save the sheet as .xlsx without a password, or as "CSV UTF-8".',
};
const EMPTY: Fault = {
  reason: 'This file is empty.',
  fix: 'Check that you chose the right file.',
};
const tooLarge = (): DomainError =>
  new DomainError('too-large', `An upload may have ${UPLOAD_BYTES_MAX} bytes.`);

/** Takes uploads in, piece by piece: what cannot be kept as fast as it comes has to wait. */
@Injectable()
export class Uploads {
  constructor(
    private readonly store: ImportStore,
    private readonly files: StoredFiles,
  ) {}

  /**
   * Takes a body of multipart/form-data. Out: the import, which waits to be confirmed. Throws
   * DomainError `too-large`, `imports-full`, `import-withdrawn`, or `invalid-input` for a body without
   * a file, one that breaks off, or one that does not say clearly whether it is a trial, and
   * UnavailableError when the process is `ending`; then nothing of it is left.
   */
  async take(
    client: string,
    headers: IncomingHttpHeaders,
    body: Readable,
    ending: AbortSignal,
    bytesMax = UPLOAD_BYTES_MAX,
  ): Promise<{ readonly id: string; readonly area: Area }> {
    // Before the files: who says nothing clear sends them once more.
    areaOfUpload(headers, []);
    if (Number(headers['content-length'] ?? 0) > bytesMax + AROUND_BYTES_MAX) throw tooLarge();
    const id = await this.store.begin(client);
    try {
      const { count, said } = await this.#receive(id, headers, body, ending, bytesMax);
      if (count === 0)
        throw new DomainError('invalid-input', undefined, [
          { pointer: '#/file', detail: 'Choose a file.' },
        ]);
      const area = areaOfUpload(headers, said);
      await this.store.complete(id, area);
      return { id, area };
    } catch (error) {
      await this.store.drop(id);
      throw error;
    }
  }

  async #receive(
    id: string,
    headers: IncomingHttpHeaders,
    body: Readable,
    ending: AbortSignal,
    bytesMax: number,
  ): Promise<{ readonly count: number; readonly said: readonly string[] }> {
    const parts = partsOf(headers);
    const said: string[] = [];
    let count = 0;
    let keeping: Promise<void> = Promise.resolve();
    const open = new Set<BusboyFileStream>();
    const stop = new AbortController();
    parts.on('file', (_, stream, name) => {
      open.add(stream);
      stream.on('error', () => undefined);
      const before = keeping;
      keeping = (async () => {
        await before;
        if (await this.#keep(id, count + 1, name, stream)) count += 1;
        open.delete(stream);
      })();
      // What fails is thrown below; until then nothing more shall come.
      keeping.catch((error: unknown) => stop.abort(error));
    });
    parts.on('field', (name, value) => {
      if (name === TEST_FIELD) said.push(value);
    });
    // One that is not read could say that it is a trial.
    parts.on('fieldsLimit', () =>
      stop.abort(new DomainError('too-large', `An upload may have ${FIELDS_MAX} fields.`)),
    );
    parts.on('filesLimit', () =>
      stop.abort(new DomainError('too-large', `An upload may have ${UPLOAD_FILES_MAX} files.`)),
    );
    try {
      // Whatever goes wrong, the request itself stays open: it has to be answered.
      const pieces = body.iterator({ destroyOnReturn: false });
      await pipeline(pieces, new Meter(bytesMax), parts, {
        signal: AbortSignal.any([stop.signal, ending]),
      });
      await keeping;
      return { count, said };
    } catch (error) {
      for (const stream of open) stream.destroy();
      await keeping.catch(() => undefined);
      if (ending.aborted) throw new UnavailableError('this process', error);
      // What is said of the whole is truer than what a part of it says when it is cut off.
      if (error instanceof DomainError) throw error;
      throw reasonOf(stop.signal.aborted ? stop.signal.reason : error);
    }
  }

  /** Out: whether it is a file; a form that is sent without one has an empty part in its place. */
  async #keep(id: string, number: number, given: string, stream: Readable): Promise<boolean> {
    const name = nameOf(given);
    const tally = new Tally();
    let [chunk, kind] = [0, undefined as 'csv' | 'xlsx' | undefined];
    for await (const piece of inChunks(stream)) {
      if (chunk === 0) kind = kindOf(piece);
      tally.add(piece);
      if (kind !== undefined) await this.files.put(id, number, chunk, piece);
      chunk += 1;
    }
    if (chunk === 0 && name === '') return false;
    const problem = chunk === 0 ? EMPTY : kind === undefined ? NOT_A_TABLE : undefined;
    await this.store.addFile(id, {
      number,
      name,
      kind: kind ?? 'csv',
      bytes: tally.bytes,
      isUtf8: tally.isUtf8,
      rows: problem ? 0 : kind === 'csv' ? tally.lines : undefined,
      problem,
    } satisfies NewFile);
    return true;
  }
}

const partsOf = (headers: IncomingHttpHeaders): BusboyInstance => {
  try {
    return new Busboy({
      headers: headers as BusboyHeaders,
      limits: { files: UPLOAD_FILES_MAX, fields: FIELDS_MAX, fieldSize: FIELD_BYTES_MAX },
    });
  } catch {
    throw new DomainError('invalid-input', 'This is not multipart/form-data with a boundary.');
  }
};

/** What went wrong, in our words: a body that breaks off is no bug of ours. */
const reasonOf = (error: unknown): unknown => {
  const { code, name, message } = error as Error & { code?: string };
  const isOfBody =
    code === 'ECONNRESET' ||
    code === 'ERR_STREAM_PREMATURE_CLOSE' ||
    name === 'AbortError' ||
    /multipart|part terminated|malformed/iu.test(message);
  return isOfBody ? new DomainError('invalid-input', 'The upload broke off.') : error;
};

/** Counts what comes; ends what is too much, and what stands still. */
class Meter extends Transform {
  #bytes = 0;
  readonly #max: number;
  readonly #idle = setTimeout(() => {
    this.destroy(new DomainError('invalid-input', 'The upload stood still.'));
  }, UPLOAD_IDLE_MS_MAX).unref();

  constructor(bytesMax: number) {
    super();
    this.#max = bytesMax + AROUND_BYTES_MAX;
  }

  override _transform(
    piece: Buffer,
    _: BufferEncoding,
    done: (error: Error | null, piece?: Buffer) => void,
  ): void {
    this.#idle.refresh();
    this.#bytes += piece.length;
    if (this.#bytes > this.#max) done(tooLarge());
    else done(null, piece);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#idle);
    done(error);
  }
}

/** What is learned of a file while it passes. */
class Tally {
  bytes = 0;
  readonly #utf8 = new Utf8Check();
  #lineFeeds = 0;
  #last = LINE_FEED;

  add(piece: Buffer): void {
    this.bytes += piece.length;
    this.#utf8.add(piece);
    for (let at = piece.indexOf(LINE_FEED); at >= 0; at = piece.indexOf(LINE_FEED, at + 1))
      this.#lineFeeds += 1;
    this.#last = piece.at(-1) ?? this.#last;
  }

  get isUtf8(): boolean {
    return this.#utf8.result;
  }

  /** Nearly the rows of a CSV file; undefined where lines end otherwise. */
  get lines(): number | undefined {
    const lines = this.#lineFeeds + (this.#last === LINE_FEED ? 0 : 1);
    return lines > 1 ? lines : undefined;
  }
}

/** Pieces of CHUNK_BYTES; the last has what is left. */
async function* inChunks(stream: Readable): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let length = 0;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    held.push(piece);
    length += piece.length;
    if (length < CHUNK_BYTES) continue;
    let bytes = Buffer.concat(held);
    for (; bytes.length >= CHUNK_BYTES; bytes = bytes.subarray(CHUNK_BYTES))
      yield bytes.subarray(0, CHUNK_BYTES);
    held = [bytes];
    length = bytes.length;
  }
  if (length > 0) yield Buffer.concat(held);
}

/** The name without a folder, for people to read. */
const nameOf = (given: string | undefined): string =>
  (given ?? '')
    .replace(/^.*[/\\]/u, '')
    .replaceAll(/\p{Cc}/gu, '')
    .toWellFormed()
    .slice(0, FILE_NAME_MAX);
