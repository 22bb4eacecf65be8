import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Client as PgClient, DatabaseError } from 'pg';
import { Clock, DomainError, failpoint, sameMoment, UnavailableError } from '#kernel';
import { type Background, BackgroundTask, Connection } from '#log';
import type { Statement } from '../../domain/xapi-statement.js';
import { Recorder } from '../../recorder.js';
import { isSameStatement } from '../comparable-statement.js';
import { tokensWithInherited } from './inherited-tokens.js';
import type { Batch, SealedStatement, Stored } from './new-statement.js';
import { SealedStatements } from './sealed-statements.js';
import { databaseUrl } from './statement-database.js';
import {
  addStatements,
  beginStoring,
  type Found,
  inheritTokens,
  type Placed,
  type Row,
} from './statement-table.js';
import { type Accepted, type Decided, tellLedger } from './tell-ledger.js';
import { submissionOf } from './void-submission.js';
import { bytesOf, idsOf, takeGroup, targetsOf, type Waiting } from './waiting.js';

/** What waits beyond it is refused: attachments of many clients at once must fit into memory. */
const WAITING_BYTES_MAX = 256 * 1024 * 1024;

/**
 * Stores the statements of all requests that wait, in one transaction: decide which are new, record
 * in the ledger what can earn something, add the rows, commit, answer. Should the process die
 * between the ledger and the commit, nobody was answered: sent again, the ledger knows the events
 * as duplicates and the statements are stored.
 */
@Injectable()
@BackgroundTask()
export class StatementWriter implements Background {
  readonly #connection: Connection;
  readonly #queue: Waiting[] = [];
  #waitingBytes = 0;
  #running: Promise<void> | undefined;

  constructor(
    db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    private readonly recorder: Recorder,
    private readonly seals: SealedStatements,
  ) {
    this.#connection = new Connection(databaseUrl(db));
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    await this.#running;
    await this.#connection.close();
  }

  /**
   * Stores all of a request or nothing. Out: what became of each statement, in order. Throws
   * DomainError `event-conflict` for an id that is taken by another statement, or as
   * `Recorder.recordWhole`; UnavailableError when the database is away or too much waits: then
   * repeat the call.
   */
  write(batch: Batch): Promise<readonly Stored[]> {
    const bytes = bytesOf(batch);
    return new Promise((resolve, reject) => {
      if (this.#waitingBytes > 0 && this.#waitingBytes + bytes > WAITING_BYTES_MAX)
        return reject(new UnavailableError('the statement store'));
      this.#waitingBytes += bytes;
      this.#queue.push({ batch, bytes, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      // Who was answered a moment ago sends the next one: it goes into the same group.
      await sameMoment();
      const group = takeGroup(this.#queue);
      await this.#answer(group);
      for (const { bytes } of group) this.#waitingBytes -= bytes;
    }
    // Here, not in a callback: what is written before that is called would wait for ever.
    this.#running = undefined;
  }

  /** Never throws: each request gets its answer or its error. */
  async #answer(group: readonly Waiting[]): Promise<void> {
    try {
      const done = await this.#connection.use((pg) => this.#store(pg, group));
      for (const answer of done) answer();
    } catch (error) {
      // One holds what cannot be stored; it must not cost the others their answer.
      if (group.length > 1 && !(error instanceof UnavailableError))
        for (const one of group) await this.#answer([one]);
      else for (const { reject } of group) reject(error);
    }
  }

  /** Out: the answers, to be given now that all is committed. */
  async #store(pg: PgClient, group: readonly Waiting[]): Promise<readonly (() => void)[]> {
    try {
      const found = await beginStoring(pg, idsOf(group), targetsOf(group));
      const answers: (() => void)[] = [];
      const refuse = (waiting: Waiting, error: unknown): undefined => {
        answers.push(() => waiting.reject(error));
      };
      const decided: Decided[] = [];
      const keys = await this.#keysOf(found.rows, group);
      for (const waiting of group)
        try {
          decided.push(await this.#decide(pg, waiting, found.rows, keys));
        } catch (error) {
          // PostgreSQL takes nothing more in this transaction.
          if (error instanceof DatabaseError) throw error;
          refuse(waiting, error);
        }
      const accepted = await tellLedger(this.recorder, decided, refuse);
      const placed = this.#place(accepted, found);
      await failpoint('statements.before-rows');
      await this.#add(pg, placed, found.referred);
      await failpoint('statements.after-commit');
      return [...answers, ...accepted.map(answerOf)];
    } catch (error) {
      await pg.query('rollback');
      throw error;
    }
  }

  /** Adds the rows and commits; in one round trip, unless something pointed at them already. */
  async #add(
    pg: PgClient,
    placed: readonly Placed[],
    referred: ReadonlySet<string>,
  ): Promise<void> {
    if (placed.length > 0 && referred.size === 0) {
      await failpoint('statements.before-commit');
      await addStatements(pg, placed, 'commit');
      return;
    }
    if (placed.length > 0) {
      await addStatements(pg, placed);
      await inheritLate(pg, placed, referred);
    }
    await failpoint('statements.before-commit');
    await pg.query('commit');
  }

  #place(accepted: readonly Accepted[], found: Found): readonly Placed[] {
    const stored = this.#storedAt(found.lastStored);
    const all = accepted.flatMap(({ waiting: { batch }, fresh, receipts }) =>
      fresh.map((statement) => ({
        client: batch.client.id,
        statement,
        eventId: receipts.get(statement.id)?.eventId,
      })),
    );
    const tokens = tokensWithInherited(all, found.rows);
    return all.map(({ eventId, ...one }, n): Placed => {
      const seq = found.lastSeq + 1 + n;
      const event = eventId === undefined ? {} : { eventId };
      return { ...one, ...event, seq, stored, tokens: tokens[n] ?? [] };
    });
  }

  /** Never earlier than what is stored, whatever the clock does. */
  #storedAt(last: Date): Date {
    const now = this.clock.now();
    return now > last ? now : new Date(last.getTime() + 1);
  }

  /** Which statements are new, and what the ledger is to be told. Changes nothing. */
  async #decide(
    pg: PgClient,
    waiting: Waiting,
    rows: readonly Row[],
    keys: Keys,
  ): Promise<Decided> {
    const { client, statements } = waiting.batch;
    const known = new Map(
      rows.flatMap((row) => (row.client === client.id ? [[row.id, row] as const] : [])),
    );
    const fresh: SealedStatement[] = [];
    const toRecord: Decided['toRecord'][number][] = [];
    const voided: string[] = [];
    for (const statement of statements) {
      const earlier = known.get(statement.id);
      if (!earlier) fresh.push(statement);
      else if (!this.#isSame(earlier, statement, keys)) throw new DomainError('event-conflict');
      // It became no event when it was stored; since then it may have been voided.
      else if (earlier.event_id === null) continue;
      const place = { client: client.id, known, batch: statements, voided, isFresh: !earlier };
      const submission = await submissionOf(pg, statement, place);
      if (submission) toRecord.push({ id: statement.id, submission });
      if (statement.isVoid && statement.target !== undefined) voided.push(statement.target);
    }
    return { waiting, fresh, toRecord };
  }

  /** Of statements that are sent again: all at once, as others wait behind the lock. */
  async #keysOf(rows: readonly Row[], group: readonly Waiting[]): Promise<Keys> {
    const ids = new Set(idsOf(group));
    const again = rows.filter(({ id }) => ids.has(id));
    if (again.length === 0) return new Map();
    const keys = await this.seals.keys(
      again.map((row) => ({ ...row, people: row.people.split(' '), wrappedKey: row.wrapped_key })),
    );
    return new Map(again.map(({ seq }, n) => [seq, keys[n]]));
  }

  /** Throws `event-erased` where somebody in the earlier one was erased since. */
  #isSame(row: Row, statement: SealedStatement, keys: Keys): boolean {
    const key = keys.get(row.seq);
    if (!key) throw new DomainError('event-erased');
    const text = this.seals.content(key, row.id, row.content);
    return isSameStatement(JSON.parse(text) as Statement, statement.statement);
  }
}

/** Keys of statements by their seq; undefined where somebody in them was erased. */
type Keys = ReadonlyMap<number, Uint8Array | undefined>;

const answerOf =
  ({ waiting, receipts }: Accepted): (() => void) =>
  () => {
    waiting.resolve(
      waiting.batch.statements.map(({ id }) => {
        const receipt = receipts.get(id)?.receipt;
        return { id, ...(receipt === undefined ? {} : { receipt }) };
      }),
    );
  };

/** Statements that point at others are found with them, also where they came first. */
const inheritLate = async (
  pg: PgClient,
  placed: readonly Placed[],
  referred: Found['referred'],
): Promise<void> => {
  for (const { client, seq, statement } of placed)
    if (referred.has(statement.id)) await inheritTokens(pg, { client, seq, id: statement.id });
};
