import type { DataSource, EntityManager } from 'typeorm';
import { DomainError } from '#kernel';
import type { Message } from '#contracts';
import type { Projection } from '#log';
import { type Carried, isUnreadable, type Lane } from './due.js';
import { type Failure, failureOf } from './failure.js';
import { parse, serialise } from './message-json.js';

/** A message that a projection could not take in. It never holds anything personal in plain text. */
export interface DeadLetter {
  readonly id: number;
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

interface Row extends Omit<DeadLetter, 'id' | 'seq'> {
  readonly id: string;
  readonly seq: string;
}
interface StoredLetter {
  readonly projection: string;
  readonly message: Buffer;
  readonly is_readable: boolean;
}

const LIST_MAX = 1_000;

/** The dead-letter table: what was put aside, and the way to try it again. */
export class DeadLetters {
  constructor(
    private readonly db: DataSource,
    private readonly projections: ReadonlyMap<string, Projection>,
  ) {}

  /** Puts a message aside, in the transaction that moves the place past it. */
  async bury(
    transaction: EntityManager,
    projection: string,
    lane: Lane,
    { log, seq, content }: Carried,
    { code, detail }: Pick<Failure, 'code' | 'detail'>,
  ): Promise<void> {
    const unreadable = isUnreadable(content);
    await transaction.query(
      `insert into messaging.dead_letter (projection, topic, partition, log, seq, entry_id, kind,
         reason_code, detail, message, is_readable)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
       on conflict (projection, topic, partition, log, seq)
       do update set attempts = dead_letter.attempts + 1, resolved_at = null,
         reason_code = excluded.reason_code, detail = excluded.detail`,
      [
        projection,
        unreadable ? lane.topic : content.topic,
        lane.partition,
        log,
        seq,
        unreadable ? null : content.id,
        unreadable ? null : content.kind,
        code,
        detail,
        unreadable ? Buffer.from(content.raw) : serialise(content),
        !unreadable,
      ],
    );
  }

  /** Those not resolved, oldest first. */
  async list(projection?: string): Promise<readonly DeadLetter[]> {
    const rows = await this.db.query<Row[]>(
      `select id, projection, topic, log, seq, entry_id "entryId", kind, reason_code "reasonCode",
         detail, first_at "firstAt", attempts
       from messaging.dead_letter
       where resolved_at is null and ($1::text is null or projection = $1)
       order by id limit ${LIST_MAX}`,
      [projection ?? null],
    );
    return rows.map((row) => ({ ...row, id: Number(row.id), seq: Number(row.seq) }));
  }

  /**
   * Hands a dead letter to its projection once more; the effect and the resolution commit together.
   * True if it worked. Throws DomainError `not-found` if there is no such open dead letter, or if
   * its projection is not part of this service.
   */
  async retry(id: number): Promise<boolean> {
    try {
      await this.db.transaction(async (transaction) => {
        const [stored] = await transaction.query<StoredLetter[]>(
          `select projection, message, is_readable from messaging.dead_letter
           where id = $1 and resolved_at is null for update`,
          [id],
        );
        const projection = stored && this.projections.get(stored.projection);
        if (!projection) throw new DomainError('not-found', `no open dead letter ${id} here`);
        await projection.handle([messageOf(stored)], transaction);
        await transaction.query(
          `update messaging.dead_letter set resolved_at = now(), attempts = attempts + 1
           where id = $1`,
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
}

const messageOf = ({ message, is_readable: isReadable }: StoredLetter): Message => {
  if (!isReadable) throw new DomainError('invalid-input', 'the message cannot be read');
  return parse(message);
};
