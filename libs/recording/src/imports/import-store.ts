import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError, newId } from '#kernel';
import { type Area, ImportMapping, type ImportState, type Job } from '#contracts';
import type { Fault } from './faults.js';
import {
  CLIENT_BYTES_MAX,
  CLIENT_IMPORTS_MAX,
  REFUSALS_DAYS,
  UNCONFIRMED_DAYS,
  UPLOAD_LEFT_MINUTES,
} from './limits.js';
import { Look } from './look.js';
import { Seals } from './seals.js';
import { TRIAL_NOTE } from './trial.js';

export interface StoredImport {
  readonly id: string;
  readonly client: string;
  readonly state: ImportState;
  readonly area: Area;
  readonly createdAt: Date;
  readonly waitsUntil: Date;
  readonly mapping: ImportMapping | undefined;
  readonly files: readonly StoredImportFile[];
}

export interface StoredImportFile {
  readonly number: number;
  readonly name: string;
  readonly kind: 'csv' | 'xlsx';
  readonly bytes: number;
  readonly isUtf8: boolean;
  readonly row: number;
  readonly isDone: boolean;
  readonly problem: (Fault & { readonly row?: number | undefined }) | undefined;
  readonly look: Look | undefined;
}

/** A file as it came, before anybody looked into it. */
export type NewFile = Pick<StoredImportFile, 'number' | 'name' | 'kind' | 'bytes' | 'isUtf8'> & {
  readonly rows: number | undefined;
  readonly problem: Fault | undefined;
};

interface ImportRow {
  readonly id: string;
  readonly client: string;
  readonly state: ImportState;
  readonly area: Area;
  readonly created_at: Date;
  readonly waits_until: Date;
  readonly mapping: Buffer | null;
}
interface FileRow {
  readonly number: number;
  readonly name: Buffer;
  readonly kind: 'csv' | 'xlsx';
  readonly bytes: string;
  readonly is_utf8: boolean;
  readonly row: string;
  readonly is_done: boolean;
  readonly problem: Buffer | null;
  readonly look: Buffer | null;
}

const place = (what: string, id: string, file?: number): string =>
  `import-${what}|${id}${file === undefined ? '' : `|${file}`}`;

/** Imports in PostgreSQL. Whatever people wrote is sealed. */
@Injectable()
export class ImportStore {
  constructor(
    private readonly db: DataSource,
    private readonly seals: Seals,
  ) {}

  /** Begins an upload. Throws DomainError `imports-full` while too much of this client lies here. */
  async begin(client: string): Promise<string> {
    const [held] = await this.db.query<{ count: string; bytes: string }[]>(
      `select count(*) as count, coalesce(sum(bytes), 0) as bytes from recording.import
       where client = $1 and state in ('uploading', 'waiting', 'running')`,
      [client],
    );
    if (Number(held?.count) >= CLIENT_IMPORTS_MAX || Number(held?.bytes) >= CLIENT_BYTES_MAX)
      throw new DomainError('imports-full');
    const id = newId('imp');
    await this.db.query(
      `insert into recording.import (id, client, state) values ($1, $2, 'uploading')`,
      [id, client],
    );
    return id;
  }

  async addFile(id: string, file: NewFile): Promise<void> {
    const { number, name, kind, bytes, isUtf8, rows, problem } = file;
    await this.db.query(
      `insert into recording.import_file
         (import, number, name, kind, bytes, is_utf8, rows, problem, is_done)
       values ($1, $2, $3, $4, $5, $6, $7, $8::bytea, $8::bytea is not null)`,
      [
        id,
        number,
        this.seals.sealJson(place('name', id, number), name),
        kind,
        bytes,
        isUtf8,
        rows ?? null,
        problem ? this.seals.sealJson(place('problem', id, number), problem) : null,
      ],
    );
  }

  /**
   * All of it has come: from now on it waits to be confirmed. Throws DomainError `import-withdrawn`
   * where a learner of this client was erased meanwhile.
   */
  async complete(id: string, area: Area): Promise<void> {
    const [, changed] = await this.db.query<[unknown, number]>(
      `update recording.import set state = 'waiting', area = $2, touched_at = now()
       where id = $1 and state = 'uploading'`,
      [id, area],
    );
    if (changed === 0) throw new DomainError('import-withdrawn');
  }

  /** Deletes an import with everything of it. */
  async drop(id: string): Promise<void> {
    await this.db.query('delete from recording.import where id = $1', [id]);
  }

  /** Throws DomainError `not-found` for one that is not there, not complete, or somebody else's. */
  async find(id: string, client?: string): Promise<StoredImport> {
    const [row] = await this.db.query<ImportRow[]>(
      `select id, client, state, area, created_at, mapping,
         created_at + make_interval(days => $3) as waits_until
       from recording.import
       where id = $1 and client = coalesce($2, client) and state <> 'uploading'`,
      [id, client ?? null, UNCONFIRMED_DAYS],
    );
    if (!row) throw new DomainError('not-found');
    const files = await this.db.query<FileRow[]>(
      `select number, name, kind, bytes, is_utf8, row, is_done, problem, look
       from recording.import_file where import = $1 order by number`,
      [id],
    );
    return {
      id,
      client: row.client,
      state: row.state,
      area: row.area,
      createdAt: row.created_at,
      waitsUntil: row.waits_until,
      mapping: row.mapping
        ? ImportMapping.parse(this.seals.openJson(place('mapping', id), row.mapping))
        : undefined,
      files: files.map((file) => this.#file(id, file)),
    };
  }

  #file(id: string, row: FileRow): StoredImportFile {
    const open = (what: string, sealed: Buffer | null): unknown =>
      sealed ? this.seals.openJson(place(what, id, row.number), sealed) : undefined;
    const look = open('look', row.look);
    return {
      number: row.number,
      name: String(open('name', row.name)),
      kind: row.kind,
      bytes: Number(row.bytes),
      isUtf8: row.is_utf8,
      row: Number(row.row),
      isDone: row.is_done,
      problem: open('problem', row.problem) as StoredImportFile['problem'],
      look: look === undefined ? undefined : Look.parse(look),
    };
  }

  async list(
    client: string,
  ): Promise<readonly Pick<StoredImport, 'id' | 'state' | 'area' | 'createdAt'>[]> {
    return this.db.query(
      `select id, state, area, created_at as "createdAt" from recording.import
       where client = $1 and state <> 'uploading' order by created_at desc, id limit 100`,
      [client],
    );
  }

  /** While it is in this state: when it is shown no more, nothing is kept of what was shown. */
  async saveLook(
    id: string,
    file: number,
    look: Look,
    state: 'waiting' | 'running',
  ): Promise<void> {
    await this.db.query(
      `with held as (select id from recording.import where id = $1 and state = $5 for share)
       update recording.import_file set look = $3, rows = coalesce(rows, $4)
       from held where import = held.id and number = $2`,
      [id, file, this.seals.sealJson(place('look', id, file), look), look.lastRow ?? null, state],
    );
  }

  /** Keeps a mapping for one that waits. Throws DomainError `import-started` or `import-withdrawn`. */
  async saveMapping(id: string, mapping: ImportMapping): Promise<void> {
    const [, changed] = await this.db.query<[unknown, number]>(
      `update recording.import set mapping = $2 where id = $1 and state = 'waiting'`,
      [id, this.seals.sealJson(place('mapping', id), mapping)],
    );
    if (changed === 0) throw await this.#waitsNot(id);
  }

  /** Begins to record. Throws DomainError `import-started` or `import-withdrawn`. */
  async confirm(id: string, mapping: ImportMapping, logSize: number): Promise<void> {
    const [, changed] = await this.db.query<[unknown, number]>(
      `update recording.import set state = 'running', mapping = $2, confirmed_at = now(),
         log_size = $3 where id = $1 and state = 'waiting'`,
      [id, this.seals.sealJson(place('mapping', id), mapping), logSize],
    );
    if (changed === 0) throw await this.#waitsNot(id);
  }

  /** `import-withdrawn` where a learner of this client was erased meanwhile, else `import-started`. */
  async #waitsNot(id: string): Promise<DomainError> {
    const [row] = await this.db.query<{ state: ImportState }[]>(
      'select state from recording.import where id = $1',
      [id],
    );
    return new DomainError(row?.state === 'withdrawn' ? 'import-withdrawn' : 'import-started');
  }

  /** What waits goes with all of its files; what runs stops where it is. */
  async cancel(id: string): Promise<void> {
    await this.db.query(
      `with stopped as (update recording.import set state = 'cancelled', lease = null
         where id = $1 and state in ('waiting', 'running') returning id),
       unseen as (update recording.import_file set look = null
         from stopped where import = stopped.id and row = 0)
       delete from recording.import_chunk where import in (select id from stopped)`,
      [id],
    );
  }

  /** How far it is. Throws DomainError `not-found` as find does. */
  async job(id: string, client: string): Promise<Job> {
    const [row] = await this.db.query<Record<string, string | number | Date | null>[]>(
      `select state, area, recorded, duplicate, tried, refused, files, files_done, done, total,
         case when state = 'running' and paused_until > now() then paused_until end as paused_until,
         case when state = 'running' and lease is not null and done > leased_done and total > done
           then ceil(extract(epoch from now() - leased_at) * (total - done) / (done - leased_done))
         end as seconds_left
       from recording.import
         left join lateral (select count(*) as files,
             count(*) filter (where is_done) as files_done, coalesce(sum(row), 0) as done,
             case when bool_and(rows is not null) then sum(greatest(rows, row)) end as total
           from recording.import_file where import = id) as files on true
       where id = $1 and client = $2 and state <> 'uploading'`,
      [id, client],
    );
    if (!row) throw new DomainError('not-found');
    const number = (name: string): number => Number(row[name] ?? 0);
    const orNull = (name: string): number | null => (row[name] === null ? null : number(name));
    return {
      id,
      kind: 'import',
      state: row['state'] as ImportState,
      area: row['area'] as Area,
      ...(row['area'] === 'test' ? { note: TRIAL_NOTE } : {}),
      ...(row['paused_until'] instanceof Date
        ? { pausedUntil: row['paused_until'].toISOString() }
        : {}),
      done: number('done'),
      total: orNull('total'),
      secondsLeft: orNull('seconds_left'),
      counts: {
        recorded: number('recorded'),
        duplicate: number('duplicate'),
        test: number('tried'),
        refused: number('refused'),
      },
      files: { done: number('files_done'), total: number('files') },
    };
  }

  /** Deletes uploads that broke off, files that nobody confirmed, and old lists of refused rows. */
  async sweep(): Promise<void> {
    await this.db.query(
      `delete from recording.import where
         (state = 'uploading' and touched_at < now() - make_interval(mins => $1))
         or (state = 'waiting' and created_at < now() - make_interval(days => $2))
         or (state in ('done', 'cancelled', 'withdrawn') and touched_at < now() - make_interval(days => $3))`,
      [UPLOAD_LEFT_MINUTES, UNCONFIRMED_DAYS, REFUSALS_DAYS],
    );
  }
}
