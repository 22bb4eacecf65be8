import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Client as PgClient } from 'pg';
import { Clock, DomainError, failpoint } from '#kernel';
import { type Background, BackgroundTask, Connection } from '#log';
import type { Submission } from '../../content.js';
import type { Statement } from '../../domain/xapi-statement.js';
import { type Recorded, Recorder } from '../../recorder.js';
import { isSameStatement } from '../comparable-statement.js';
import type { Batch, SealedStatement, Stored } from './new-statement.js';
import { SealedStatements } from './sealed-statements.js';
import {
  addStatements,
  beginStoring,
  findStatements,
  type Found,
  inheritTokens,
  othersOfEvent,
  type Placed,
  type Row,
} from './statement-table.js';

/** So many statements go into one transaction. */
const GROUP_MAX = 1_000;

interface Waiting {
  readonly batch: Batch;
  readonly resolve: (stored: readonly Stored[]) => void;
  readonly reject: (error: unknown) => void;
}

/** A request whose statements may be stored: those that are new, and what the ledger is told. */
interface Decided {
  readonly waiting: Waiting;
  readonly fresh: readonly SealedStatement[];
  readonly toRecord: readonly { readonly id: string; readonly submission: Submission }[];
}

/** The same, and what the ledger answered, by the statement's id. */
interface Accepted extends Omit<Decided, 'toRecord'> {
  readonly receipts: ReadonlyMap<string, Recorded>;
}

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
  #running: Promise<void> | undefined;

  constructor(
    db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    private readonly recorder: Recorder,
    private readonly seals: SealedStatements,
  ) {
    this.#connection = new Connection(String((db.options as { url?: string }).url));
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
   * `Recorder.recordWhole`; UnavailableError when the database is away: then repeat the call.
   */
  write(batch: Batch): Promise<readonly Stored[]> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ batch, resolve, reject });
      this.#running ??= this.#run().finally(() => {
        this.#running = undefined;
      });
    });
  }

  async #run(): Promise<void> {
    // What comes in the same turn of the loop goes into the same group.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const group = takeGroup(this.#queue);
      try {
        const done = await this.#connection.use((pg) => this.#store(pg, group));
        for (const answer of done) answer();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
  }

  /** Out: the answers, to be given now that all is committed. */
  async #store(pg: PgClient, group: readonly Waiting[]): Promise<readonly (() => void)[]> {
    await beginStoring(pg);
    try {
      const found = await findStatements(pg, idsOf(group));
      const answers: (() => void)[] = [];
      const refuse = (waiting: Waiting, error: unknown): undefined => {
        answers.push(() => waiting.reject(error));
      };
      const decided: Decided[] = [];
      for (const waiting of group)
        try {
          decided.push(await this.#decide(pg, waiting, found.rows));
        } catch (error) {
          refuse(waiting, error);
        }
      const accepted = (
        await Promise.all(
          decided.map((one) => this.#record(one).catch((error) => refuse(one.waiting, error))),
        )
      ).filter((one) => one !== undefined);
      const placed = this.#place(accepted, found);
      await failpoint('statements.before-rows');
      if (placed.length > 0) {
        await addStatements(pg, placed);
        await inheritAll(pg, placed, found.rows);
      }
      await failpoint('statements.before-commit');
      await pg.query('commit');
      return [...answers, ...accepted.map(answerOf)];
    } catch (error) {
      await pg.query('rollback');
      throw error;
    }
  }

  #place(accepted: readonly Accepted[], found: Found): readonly Placed[] {
    const stored = this.#storedAt(found.lastStored);
    let seq = found.lastSeq;
    return accepted.flatMap(({ waiting: { batch }, fresh, receipts }) =>
      fresh.map((statement): Placed => {
        seq += 1;
        const eventId = receipts.get(statement.id)?.eventId;
        const place = { client: batch.client.id, statement, seq, stored };
        return eventId === undefined ? place : { ...place, eventId };
      }),
    );
  }

  /** Never earlier than what is stored, whatever the clock does. */
  #storedAt(last: Date): Date {
    const now = this.clock.now();
    return now > last ? now : new Date(last.getTime() + 1);
  }

  /** Which statements are new, and what the ledger is to be told. Changes nothing. */
  async #decide(pg: PgClient, waiting: Waiting, rows: readonly Row[]): Promise<Decided> {
    const { client, statements } = waiting.batch;
    const known = new Map(
      rows.flatMap((row) => (row.client === client.id ? [[row.id, row] as const] : [])),
    );
    const fresh: SealedStatement[] = [];
    const toRecord: Decided['toRecord'][number][] = [];
    for (const statement of statements) {
      const earlier = known.get(statement.id);
      if (!earlier) fresh.push(statement);
      else if (!(await this.#isSame(earlier, statement))) throw new DomainError('event-conflict');
      const submission = await submissionOf(pg, client.id, statement, known, statements);
      if (submission) toRecord.push({ id: statement.id, submission });
    }
    return { waiting, fresh, toRecord };
  }

  async #record({ waiting, fresh, toRecord }: Decided): Promise<Accepted> {
    const submissions = toRecord.map(({ submission }) => submission);
    const recorded =
      submissions.length === 0
        ? []
        : await this.recorder.recordWhole(waiting.batch.client, submissions);
    const receipts = new Map(recorded.map((one, n) => [toRecord[n]?.id ?? '', one]));
    return { waiting, fresh, receipts };
  }

  /** Throws `event-erased` where somebody in the earlier one was erased since. */
  async #isSame(row: Row, statement: SealedStatement): Promise<boolean> {
    const earlier = { ...row, people: row.people.split(' '), wrappedKey: row.wrapped_key };
    const [key] = await this.seals.keys([earlier]);
    if (!key) throw new DomainError('event-erased');
    const text = this.seals.content(key, row.id, row.content);
    return isSameStatement(JSON.parse(text) as Statement, statement.statement);
  }
}

/** Requests from the front, until the group is full or one speaks of an id that it has already. */
const takeGroup = (queue: Waiting[]): readonly Waiting[] => {
  const group: Waiting[] = [];
  const ids = new Set<string>();
  for (let count = 0; queue.length > 0;) {
    const [next] = queue;
    const own = next ? idsOf([next]) : [];
    count += own.length;
    if (!next || (group.length > 0 && (count > GROUP_MAX || own.some((id) => ids.has(id))))) break;
    for (const id of own) ids.add(id);
    group.push(next);
    queue.shift();
  }
  return group;
};

const idsOf = (group: readonly Waiting[]): readonly string[] =>
  group.flatMap(({ batch }) =>
    batch.statements.flatMap(({ id, target }) => (target === undefined ? [id] : [id, target])),
  );

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

/**
 * What the ledger is told. A void speaks of the event that the voided statement became: of none if
 * it became none, or if another statement, not voided, became the same.
 */
const submissionOf = async (
  pg: PgClient,
  client: string,
  statement: SealedStatement,
  known: ReadonlyMap<string, Row>,
  batch: readonly SealedStatement[],
): Promise<SealedStatement['submission']> => {
  const { submission, target } = statement;
  if (submission?.report.is !== 'void' || target === undefined) return submission;
  const row = known.get(target);
  const sibling = batch.find(({ id }) => id === target);
  if (row?.is_void || sibling?.isVoid) throw new DomainError('void-of-void');
  if (sibling && !row) return sibling.submission?.report.id === undefined ? undefined : submission;
  if (!row) return submission;
  if (row.event_id === null) return undefined;
  if (row.event_id === target) return submission;
  if ((await othersOfEvent(pg, client, row.event_id, target)) > 0) return undefined;
  const { report } = submission;
  return { ...submission, report: { ...report, target: { ...report.target, id: row.event_id } } };
};

/** Statements that point at others are found with them, whichever of the two came first. */
const inheritAll = async (
  pg: PgClient,
  placed: readonly Placed[],
  rows: readonly Row[],
): Promise<void> => {
  const places = [
    ...rows.map(({ client, id, target, seq }) => ({ client, id, target, seq })),
    ...placed.map(({ client, seq, statement: { id, target } }) => ({
      client,
      id,
      target: target ?? null,
      seq,
    })),
  ];
  const fresh = new Set(placed.map(({ seq }) => seq));
  const referring = places.filter(({ target }) => target !== null);
  const targets = new Set(
    referring.flatMap(({ client, target, seq }) =>
      places.filter(
        (one) =>
          one.client === client && one.id === target && (fresh.has(seq) || fresh.has(one.seq)),
      ),
    ),
  );
  for (const target of targets) await inheritTokens(pg, target);
};
