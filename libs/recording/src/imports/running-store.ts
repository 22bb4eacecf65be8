import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '#kernel';
import type { ImportProblem } from '#contracts';
import { type Kept, KeptSeals } from '../kept/kept-seals.js';
import type { Named } from '../kept/named.js';
import { base64 } from '../xapi/store/sealed-statements.js';
import type { Fault } from './faults.js';
import { LEASE_SECONDS } from './limits.js';
import { Seals } from './seals.js';

/** A row that is not recorded: as it stood there, and why. */
export interface Refusal {
  readonly row: number;
  readonly cells: readonly string[];
  readonly problems: readonly ImportProblem[];
}

/** The same, with whom it names: nobody where that cannot be told. */
export interface NewRefusal extends Refusal {
  readonly named: readonly Named[];
}

/** What became of some rows of a file, up to and with `row`. */
export interface Step {
  readonly file: number;
  readonly row: number;
  readonly recorded: number;
  readonly duplicate: number;
  readonly tried: number;
  readonly refusals: readonly NewRefusal[];
  /** Set with the last rows of a file; the rows that it has. */
  readonly isLast?: boolean;
  readonly problem?: Fault & { readonly row?: number | undefined };
}

/** An import that somebody has taken in hand. */
export interface Claim {
  readonly id: string;
  /** Size of the log when it was confirmed. */
  readonly logSize: number;
  /** Whether somebody had it before, who may have recorded more than the place says. */
  readonly isAgain: boolean;
  /** Which go this is since the place last moved: the first is 1. */
  readonly goes: number;
}

/** A page of refusals, and where the next begins. */
export interface RefusalPage {
  readonly file: number;
  readonly row: number;
  readonly refusals: readonly Refusal[];
}

const refusalsPlace = (id: string, file: number, row: number): string =>
  `import-refusals|${id}|${file}|${row}`;

/** A refused row that dies with whom it names, as JSON holds it. */
interface NamedRow {
  readonly row: number;
  readonly people: readonly string[];
  readonly key: string;
  readonly content: string;
}
interface RefusalsRow {
  readonly file: number;
  readonly row: string;
  readonly sealed: Buffer | null;
  readonly named: Buffer | null;
}

/**
 * Imports that are being read. Whoever holds the lease may go on; a place, the counts and the
 * refused rows move in one statement, so that after a crash they fit together.
 */
@Injectable()
export class RunningStore {
  constructor(
    private readonly db: DataSource,
    private readonly seals: Seals,
    private readonly kept: KeptSeals,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Takes the import that has waited longest and that nobody holds. */
  async claim(holder: string): Promise<Claim | undefined> {
    const [[row]] = await this.db.query<
      [{ id: string; log_size: string; again: boolean; claims: number }[], number]
    >(
      `update recording.import set lease = $1, leased_until = now() + make_interval(secs => $2),
         claims = claims + 1, paused_until = null, leased_at = now(), leased_done = (select coalesce(sum(row), 0)
           from recording.import_file where import_file.import = import.id)
       from (select id as next, leased_at is not null as again from recording.import
         where state = 'running' and (lease is null or leased_until < now())
           and coalesce(paused_until < now(), true)
         order by confirmed_at for update skip locked limit 1) as waiting
       where id = next
       returning id, log_size, again, claims`,
      [holder, LEASE_SECONDS],
    );
    if (!row) return undefined;
    const { id, log_size: logSize, again: isAgain, claims: goes } = row;
    return { id, logSize: Number(logSize), isAgain, goes };
  }

  /** Holds it for longer. Out: false where it is not ours any more (cancelled, or taken over). */
  async hold(id: string, holder: string): Promise<boolean> {
    const [, held] = await this.db.query<[unknown, number]>(
      `update recording.import set leased_until = now() + make_interval(secs => $3)
       where id = $1 and lease = $2 and state = 'running'`,
      [id, holder, LEASE_SECONDS],
    );
    return held > 0;
  }

  /** Gives it back, so that another process need not wait; this go does not count. */
  async release(id: string, holder: string): Promise<void> {
    await this.db.query(
      `update recording.import set lease = null, claims = greatest(claims - 1, 0)
       where id = $1 and lease = $2`,
      [id, holder],
    );
  }

  /**
   * Gives it back for so long, as its client has used up its quota; this go does not count. Where it
   * `isSettled`, whoever goes on looks for nothing that this go may have left.
   */
  async pause(
    id: string,
    holder: string,
    { ms, isSettled }: { readonly ms: number; readonly isSettled: boolean },
  ): Promise<void> {
    await this.db.query(
      `update recording.import set lease = null, claims = greatest(claims - 1, 0),
         paused_until = now() + make_interval(secs => $3::float8 / 1000),
         leased_at = case when $4 then null else leased_at end
       where id = $1 and lease = $2 and state = 'running'`,
      [id, holder, ms, isSettled],
    );
  }

  /** Says how many rows a file has, once that is known. */
  async expect(id: string, file: number, rows: number): Promise<void> {
    await this.db.query(
      'update recording.import_file set rows = $3 where import = $1 and number = $2',
      [id, file, rows],
    );
  }

  /**
   * Moves the place. Out: false where the import is not ours any more; then nothing has changed.
   * Throws UnavailableError when the vault is away, as the database does.
   */
  async step(id: string, holder: string, step: Step): Promise<boolean> {
    const { file, row, recorded, duplicate, tried, refusals, isLast = false, problem } = step;
    const { sealed, named } = await this.#sealed(id, step);
    const rows = await this.db.query<unknown[]>(
      `with held as (
         update recording.import set recorded = recorded + $5, duplicate = duplicate + $6,
           tried = tried + $14, refused = refused + $7, leased_until = now() + make_interval(secs => $8),
           touched_at = now(), claims = 0
         where id = $1 and lease = $2 and state = 'running' returning id),
       moved as (
         update recording.import_file set row = $4, is_done = $9, problem = coalesce($10, problem),
           rows = case when $9 then $4 else rows end
         from held where import = held.id and number = $3),
       told as (
         insert into recording.import_refusals (import, file, row, sealed, named, kept_at)
         select held.id, $3, $4, $11, $12, $13 from held
         where coalesce($11::bytea, $12::bytea) is not null
         on conflict do nothing)
       select id from held`,
      [
        id,
        holder,
        file,
        row,
        recorded,
        duplicate,
        refusals.length,
        LEASE_SECONDS,
        isLast,
        problem ? this.seals.sealJson(`import-problem|${id}|${file}`, problem) : null,
        sealed,
        named,
        this.clock.now(),
        tried,
      ],
    );
    return rows.length > 0;
  }

  /** Every file is read: they are deleted, what was refused stays for some days. */
  async finish(id: string, holder: string): Promise<void> {
    await this.db.query(
      `with ended as (update recording.import set state = 'done', lease = null, touched_at = now()
         where id = $1 and lease = $2 and state = 'running' returning id),
       unseen as (update recording.import_file set look = null
         from ended where import = ended.id and row = 0)
       delete from recording.import_chunk where import in (select id from ended)`,
      [id, holder],
    );
  }

  /**
   * The refused rows of the next batch that has some, in the order of the files. Those that name
   * somebody who was erased are not there.
   */
  async refusalsAfter(id: string, file: number, row: number): Promise<RefusalPage | undefined> {
    for (let after = { file, row }; ;) {
      const [found] = await this.db.query<RefusalsRow[]>(
        `select file, row, sealed, named from recording.import_refusals
         where import = $1 and (file, row) > ($2, $3) order by file, row limit 1`,
        [id, after.file, after.row],
      );
      if (!found) return undefined;
      after = { file: found.file, row: Number(found.row) };
      const refusals = await this.#opened(refusalsPlace(id, after.file, after.row), found);
      if (refusals.length > 0) return { ...after, refusals };
    }
  }

  /** What is kept of refused rows: those of which it is known whom they name, and the others. */
  async #sealed(
    id: string,
    { file, row, refusals }: Step,
  ): Promise<Readonly<Record<'sealed' | 'named', Buffer | null>>> {
    const place = refusalsPlace(id, file, row);
    const loose = refusals.filter(({ named }) => named.length === 0).map(plain);
    const owned = refusals.filter(({ named }) => named.length > 0);
    const kept = await this.kept.seal(
      owned.map((refusal) => ({
        place: `${place}|${refusal.row}`,
        named: refusal.named,
        text: JSON.stringify(plain(refusal)),
      })),
    );
    const rows = owned.flatMap((refusal, n) => {
      const one = kept[n];
      return one ? [asNamed(refusal.row, one)] : [];
    });
    return {
      sealed: loose.length > 0 ? this.seals.sealJson(place, loose) : null,
      named: rows.length > 0 ? this.seals.sealJson(`${place}|named`, rows) : null,
    };
  }

  async #opened(
    place: string,
    { sealed, named }: Pick<RefusalsRow, 'sealed' | 'named'>,
  ): Promise<readonly Refusal[]> {
    const loose = sealed ? (this.seals.openJson(place, sealed) as readonly Refusal[]) : [];
    const rows = named ? (this.seals.openJson(`${place}|named`, named) as readonly NamedRow[]) : [];
    const texts = await this.kept.open(
      rows.map(({ row, people, key, content }) => ({
        place: `${place}|${row}`,
        people,
        wrappedKey: Buffer.from(key, 'base64'),
        content: Buffer.from(content, 'base64'),
      })),
    );
    const living = texts.flatMap((text) =>
      text === undefined ? [] : [JSON.parse(text) as Refusal],
    );
    return [...loose, ...living].toSorted((a, b) => a.row - b.row);
  }
}

const plain = ({ row, cells, problems }: NewRefusal): Refusal => ({ row, cells, problems });

const asNamed = (row: number, { people, wrappedKey, content }: Kept): NamedRow => ({
  row,
  people,
  key: base64(wrappedKey),
  content: base64(content),
});
