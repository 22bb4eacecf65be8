import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '#kernel';
import type { FileBytes } from './faults.js';
import { CHUNK_BYTES, CLIENT_BYTES_MAX } from './limits.js';
import { Seals } from './seals.js';

const placeOf = (id: string, file: number, number: number): string =>
  `import-chunk|${id}|${file}|${number}`;

/** Pieces kept while a file is read here and there, as a workbook's package is. */
const CACHED_CHUNKS = 3;

/** Uploaded files, as sealed pieces of 1 MiB in PostgreSQL: every process can go on with them. */
@Injectable()
export class StoredFiles {
  constructor(
    private readonly db: DataSource,
    private readonly seals: Seals,
  ) {}

  /**
   * Keeps a piece; all but a file's last have CHUNK_BYTES. Throws DomainError `imports-full` when
   * what this client has here, with all that is still coming, has become too much,
   * `import-withdrawn` where a learner of this client was erased meanwhile.
   */
  async put(id: string, file: number, number: number, bytes: Buffer): Promise<void> {
    const kept = await this.db.query<unknown[]>(
      `with touched as (update recording.import set touched_at = now(), bytes = bytes + $5
         where id = $1 and state = 'uploading' and $6 >= $5 + (select sum(held.bytes)
           from recording.import as held where held.client = import.client
             and held.state in ('uploading', 'waiting', 'running')) returning id)
       insert into recording.import_chunk select id, $2, $3, $4 from touched returning import`,
      [
        id,
        file,
        number,
        this.seals.seal(placeOf(id, file, number), bytes),
        bytes.length,
        CLIENT_BYTES_MAX,
      ],
    );
    if (kept.length > 0) return;
    const uploading = await this.db.query<unknown[]>(
      `select id from recording.import where id = $1 and state = 'uploading'`,
      [id],
    );
    throw new DomainError(uploading.length > 0 ? 'imports-full' : 'import-withdrawn');
  }

  /** A file to read. Its pieces are gone once the import has ended: then `not-found` is thrown. */
  file(id: string, file: number, size: number): FileBytes {
    const cache = new Map<number, Buffer>();
    const chunk = async (number: number): Promise<Buffer> => {
      const cached = cache.get(number);
      if (cached) return cached;
      const found = await this.#chunk(id, file, number);
      cache.set(number, found);
      const [oldest] = cache.keys();
      if (cache.size > CACHED_CHUNKS && oldest !== undefined) cache.delete(oldest);
      return found;
    };
    const read = async (offset: number, length: number): Promise<Buffer> => {
      const parts: Buffer[] = [];
      const end = Math.min(offset + length, size);
      for (let at = offset; at < end;) {
        const number = Math.floor(at / CHUNK_BYTES);
        const from = at - number * CHUNK_BYTES;
        const part = (await chunk(number)).subarray(from, from + end - at);
        if (part.length === 0) throw new DomainError('not-found');
        parts.push(part);
        at += part.length;
      }
      return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
    };
    const chunks = async function* (): AsyncGenerator<Buffer> {
      for (let number = 0; number * CHUNK_BYTES < size; number += 1) yield await chunk(number);
    };
    return { size, read, chunks };
  }

  async #chunk(id: string, file: number, number: number): Promise<Buffer> {
    const [row] = await this.db.query<{ sealed: Buffer }[]>(
      'select sealed from recording.import_chunk where import = $1 and file = $2 and number = $3',
      [id, file, number],
    );
    if (!row) throw new DomainError('not-found');
    return this.seals.open(placeOf(id, file, number), row.sealed);
  }
}
