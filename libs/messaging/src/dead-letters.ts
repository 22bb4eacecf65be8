import type { DataSource, EntityManager } from 'typeorm';
import { DomainError } from '#kernel';
import { openBytes, sealBytes } from '#vault';
import { failureOf } from './failure.js';

/** A message that could not be taken in. Nothing personal in it is in plain text. */
export interface DeadLetter {
  readonly id: number;
  /** Who could not take it in: a projection, or an intake. */
  readonly projection: string;
  readonly topic: string;
  readonly log: string;
  readonly seq: number;
  readonly entryId: string | null;
  readonly kind: string | null;
  readonly reasonCode: string;
  readonly detail: string;
  readonly firstAt: Date;
  readonly attempts: number;
}

/** A message to put aside. */
export interface NewLetter extends Omit<DeadLetter, 'id' | 'firstAt' | 'attempts'> {
  readonly partition: number;
  readonly bytes: Uint8Array;
  /** Sealed where others wrote it as they liked; what the log holds is sealed where it must be. */
  readonly isSealed: boolean;
  /** Whether it could be tried again at all. */
  readonly isReadable: boolean;
}

/** A message that was put aside, opened. */
export interface StoredLetter extends Pick<NewLetter, 'topic' | 'partition' | 'seq' | 'bytes'> {
  readonly isReadable: boolean;
}

/** Tries a letter again, in the transaction that resolves it. Throws why it still fails. */
export interface LetterReader {
  retry(letter: StoredLetter, transaction: EntityManager): Promise<void>;
}

interface Row extends Omit<DeadLetter, 'id' | 'seq'> {
  readonly id: string;
  readonly seq: string;
}
interface LetterRow extends Omit<StoredLetter, 'seq'> {
  readonly projection: string;
  readonly log: string;
  readonly seq: string;
  readonly isSealed: boolean;
}

const LIST_MAX = 1_000;
/** So long somebody can find out what went wrong; what was sealed is then forgotten. */
const KEPT_DAYS = 30;

/** The dead-letter table: what was put aside, and the way to try it again. */
export class DeadLetters {
  constructor(
    private readonly db: DataSource,
    private readonly readers: ReadonlyMap<string, LetterReader>,
    /** 32 bytes. */
    private readonly sealingKey: Uint8Array,
  ) {}

  /** Puts a message aside, in the transaction that moves the place past it. */
  async put(transaction: EntityManager, letter: NewLetter): Promise<void> {
    const { bytes, isSealed } = letter;
    await transaction.query(
      `insert into messaging.dead_letter (projection, topic, partition, log, seq, entry_id, kind,
         reason_code, detail, message, is_readable, is_sealed)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
       on conflict (projection, topic, partition, log, seq)
       do update set attempts = dead_letter.attempts + 1, resolved_at = null,
         reason_code = excluded.reason_code, detail = excluded.detail,
         message = excluded.message, is_readable = excluded.is_readable`,
      [
        letter.projection,
        letter.topic,
        letter.partition,
        letter.log,
        letter.seq,
        letter.entryId,
        letter.kind,
        letter.reasonCode,
        letter.detail,
        Buffer.from(isSealed ? this.#seal(letter, bytes) : bytes),
        letter.isReadable,
        isSealed,
      ],
    );
  }

  /** Those not resolved with a higher id, oldest first: a page of them. */
  async list(projection?: string, after = 0): Promise<readonly DeadLetter[]> {
    const rows = await this.db.query<Row[]>(
      `select id, projection, topic, log, seq, entry_id "entryId", kind, reason_code "reasonCode",
         detail, first_at "firstAt", attempts
       from messaging.dead_letter
       where resolved_at is null and ($1::text is null or projection = $1) and id > $2
       order by id limit ${LIST_MAX}`,
      [projection ?? null, after],
    );
    return rows.map((row) => ({ ...row, id: Number(row.id), seq: Number(row.seq) }));
  }

  /** How many are not resolved, by who could not take them in. */
  async count(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.db.query<{ projection: string; n: number }[]>(
      `select projection, count(*)::int n from messaging.dead_letter
       where resolved_at is null group by projection`,
    );
    return new Map(rows.map(({ projection, n }) => [projection, n]));
  }

  /**
   * Hands a dead letter to its reader once more; the effect and the resolution commit together.
   * True if it worked. Throws DomainError `not-found` if there is no such open dead letter, or if
   * its reader is not part of this service.
   */
  async retry(id: number): Promise<boolean> {
    try {
      await this.db.transaction(async (transaction) => {
        const [row] = await transaction.query<LetterRow[]>(
          `select projection, topic, partition, log, seq, message bytes,
             is_readable "isReadable", is_sealed "isSealed"
           from messaging.dead_letter where id = $1 and resolved_at is null for update`,
          [id],
        );
        const reader = row && this.readers.get(row.projection);
        if (!reader) throw new DomainError('not-found', `no open dead letter ${id} here`);
        await reader.retry(this.#opened(row), transaction);
        await transaction.query(
          `update messaging.dead_letter set resolved_at = now(), attempts = attempts + 1,
             message = case when is_sealed then ''::bytea else message end where id = $1`,
          [id],
        );
      });
      return true;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'not-found') throw error;
      const { code, detail } = failureOf(error);
      await this.db.query(
        `update messaging.dead_letter set attempts = attempts + 1, reason_code = $2, detail = $3
         where id = $1`,
        [id, code, detail],
      );
      return false;
    }
  }

  /** Forgets what others wrote and nobody asked for in time. Out: how many. */
  async forgetOld(): Promise<number> {
    const [rows] = await this.db.query<[unknown[], number]>(
      `delete from messaging.dead_letter
       where is_sealed and first_at < now() - make_interval(days => ${KEPT_DAYS}) returning id`,
    );
    return rows.length;
  }

  #opened({ isSealed, seq, ...row }: LetterRow): StoredLetter {
    const letter = { ...row, seq: Number(seq) };
    if (!row.isReadable) throw new DomainError('invalid-input', 'the message cannot be read');
    return isSealed
      ? { ...letter, bytes: openBytes(this.sealingKey, contextOf(letter), row.bytes) }
      : letter;
  }

  #seal(letter: NewLetter, bytes: Uint8Array): Uint8Array {
    return sealBytes(this.sealingKey, contextOf(letter), bytes);
  }
}

/** Bound to its place: a letter moved elsewhere does not open. */
const contextOf = (letter: {
  readonly projection: string;
  readonly topic: string;
  readonly partition: number;
  readonly seq: number;
}): string =>
  ['dead-letter', letter.projection, letter.topic, letter.partition, letter.seq].join('|');
