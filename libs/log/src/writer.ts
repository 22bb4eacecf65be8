import { setImmediate as turn } from 'node:timers/promises';
import type { Client } from 'pg';
import { UnavailableError } from '#kernel';
import type { Hmac, Tree } from '#merkle';
import { type Call, CallQueue, sizeOf } from './call-queue.js';
import { Connection, isRefused, isUniqueViolation } from './connection.js';
import { type Flight, isOvertaken, keysOf, needsNoLook, OvertakenError } from './flight.js';
import type { Appended, Commit } from './log.js';
import type { LogGuard } from './log-guard.js';
import { bytesOf, type EncodedCall, type LogWriter } from './log-writer.js';
import { prepareEntry } from './prepare-entry.js';
import { FEW_ENTRIES_MAX, writeFew } from './write-few.js';
import { type GroupResult, noneIsKnown, topicsOf, writeGroup, writeMany } from './write-group.js';

/** A group takes no further call beyond it: two groups on their way keep two backends busy. */
const GROUP_ENTRIES = 512;
const FLIGHTS_MAX = 2;
/** So many groups in a row that nothing disturbed: then this process is taken to write alone. */
const UNDISTURBED_MIN = 3;

export interface WriterOptions {
  readonly name: string;
  readonly databaseUrl: string;
  readonly guard: LogGuard;
  /** Makes the keys under which intake events are known. */
  readonly identity: Hmac;
  /** Called after each commit that added something. */
  readonly onCommit: (commit: Commit) => void;
}

/**
 * Writes calls in groups, in the order they came. IDLE → GATHERING when a call arrives → groups,
 * until nothing waits → IDLE.
 *
 * A large group that needs no look at the log is let FLY: once it has the lock and its place, the next
 * one may copy its rows on another connection, behind it. That one moves the state only after the
 * first has committed, and only from where the first left it. It must not share a unique key with a
 * group on its way: PostgreSQL would make it wait for a transaction that waits here. A small one is
 * one statement, and nothing follows it: without the lock it may wait for another process, and that
 * one for the rows of what is behind it. What fails is written again ALONE, as is everything that
 * must see what is committed.
 *
 * The tree in memory is a copy of `log.state`, used only if it is still the same; an error forgets
 * it.
 */
export class Writer implements LogWriter {
  readonly #options: WriterOptions;
  readonly #queue = new CallQueue();
  /** Connections that nobody uses. */
  readonly #free: Connection[];
  /** Oldest first: in the order in which they commit. */
  #flights: Flight[] = [];
  /** Groups that came down again without a trace, in order. */
  #again: (readonly Call[])[] = [];
  #running: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #wake: () => void = () => undefined;
  #tree: Tree | undefined;
  #undisturbed = 0;
  /** Who repeats one group repeats more: then it pays to look up what is known. */
  #expectsRepeats = false;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#free = Array.from({ length: FLIGHTS_MAX }, () => new Connection(options.databaseUrl));
  }

  /** Answers after the commit. Throws UnavailableError also if too much waits already. */
  append({ recordedAt, ...call }: EncodedCall): Promise<readonly Appended[]> {
    const { identity } = this.#options;
    const entries = call.entries.map((entry) => prepareEntry(entry, recordedAt, identity));
    const bytes = bytesOf(entries);
    return new Promise((resolve, reject) => {
      if (this.#closing || !this.#queue.add({ ...call, entries, bytes, resolve, reject }))
        return reject(new UnavailableError('the log'));
      this.#running ??= this.#run();
      this.#wake();
    });
  }

  /** Waits for what was accepted, then lets go of the connections. */
  close(): Promise<void> {
    this.#closing ??= (async () => {
      await this.#running;
      await Promise.all(this.#free.map((connection) => connection.close()));
    })();
    return this.#closing;
  }

  async #run(): Promise<void> {
    // What came in with the first call shares its transaction; what comes later, the next one.
    await turn();
    for (;;) {
      if (this.#flights.length > 0) {
        if (!this.#follow()) await this.#change();
        continue;
      }
      for (const calls of this.#again.splice(0)) await this.#writeAlone(calls);
      if (this.#queue.entries === 0) break;
      await this.#lead();
    }
    this.#running = undefined;
  }

  /** Returns when a call came, or a group found its place or its end. */
  async #change(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Begins a group where none is on its way. */
  async #lead(): Promise<void> {
    const calls = this.#queue.take(GROUP_ENTRIES);
    const mayFly = !this.#expectsRepeats && calls.every(needsNoLook);
    if (mayFly && sizeOf(calls) > FEW_ENTRIES_MAX) this.#launch(calls);
    else if (!mayFly || !(await this.#writeFew(calls))) await this.#writeAlone(calls);
  }

  /** Begins a group behind the last one, if that may be. */
  #follow(): boolean {
    const ahead = this.#flights.at(-1);
    if (
      ahead?.tree === undefined ||
      this.#flights.length === FLIGHTS_MAX ||
      this.#undisturbed < UNDISTURBED_MIN ||
      this.#queue.entries <= FEW_ENTRIES_MAX
    )
      return false;
    const isOnItsWay = (key: string) => this.#flights.some(({ keys }) => keys.has(key));
    const calls = this.#queue.take(
      GROUP_ENTRIES,
      (call) => needsNoLook(call) && !keysOf(call).some(isOnItsWay),
    );
    if (calls.length === 0) return false;
    this.#launch(calls, ahead);
    return true;
  }

  #launch(calls: readonly Call[], ahead?: Flight): void {
    const connection = this.#free.pop();
    if (!connection) throw new Error('more groups are on their way than there are connections');
    const flight: Flight = {
      calls,
      keys: new Set(calls.flatMap(keysOf)),
      tree: undefined,
      mayBeCommitted: ahead === undefined,
      isCommitted: Promise.resolve(false),
    };
    this.#flights.push(flight);
    flight.isCommitted = this.#fly(flight, connection, ahead);
  }

  /** Never throws: every call is answered, or is in #again. */
  async #fly(flight: Flight, connection: Connection, ahead?: Flight): Promise<boolean> {
    let result: GroupResult | undefined;
    let failure: unknown;
    try {
      result = await connection.use(async (client) => {
        // The group ahead failed while this one waited for its connection.
        if (ahead && !ahead.tree) return undefined;
        return this.#attempt(client, flight, ahead);
      });
    } catch (error) {
      failure = error;
    }
    // Whatever ended first: they are dealt with in order.
    await ahead?.isCommitted;
    if (failure !== undefined && flight.mayBeCommitted)
      for (const { reject } of flight.calls) reject(failure);
    else if (!result) this.#again.push(flight.calls);
    this.#tree = result?.tree;
    if (result) this.#expectsRepeats = result.hadRepeats;
    else {
      this.#undisturbed = 0;
      // Nothing may begin behind what is behind it: that cannot be committed either.
      for (const behind of this.#flights) behind.tree = undefined;
    }
    this.#flights = this.#flights.filter((other) => other !== flight);
    this.#free.push(connection);
    this.#wake();
    // What is next goes out first: the callers may have much to do.
    if (result) setImmediate(() => this.#answer(flight.calls, result));
    return result !== undefined;
  }

  /** Out: undefined if it left no trace and is to be written again. */
  async #attempt(client: Client, flight: Flight, ahead?: Flight): Promise<GroupResult | undefined> {
    const { name, guard } = this.#options;
    const held = this.#tree;
    const committed = async (): Promise<void> => {
      if (!(await ahead?.isCommitted)) throw new OvertakenError();
      flight.mayBeCommitted = true;
    };
    try {
      return await writeMany(client, name, flight.calls, {
        held,
        lookUp: noneIsKnown,
        guard,
        ...(ahead?.tree && { ahead: { tree: ahead.tree, committed } }),
        onPlaced: (from, placed) => {
          flight.tree = placed;
          if (!ahead) this.#count(held, from);
          this.#wake();
        },
      });
    } catch (error) {
      if (!isRefused(error) && !(ahead && isOvertaken(error))) throw error;
      this.#expectsRepeats ||= isUniqueViolation(error);
      await client.query('rollback');
      return undefined;
    }
  }

  /** Counts how often nobody else has written since this process did. */
  #count(held: Tree | undefined, from: number): void {
    this.#undisturbed = held?.size === from ? this.#undisturbed + 1 : 0;
  }

  /**
   * Writes a small group in one statement, which leaves everything or nothing. It counts on the log
   * being as it was last seen. Out: false if it left nothing and is to be written again.
   */
  async #writeFew(calls: readonly Call[]): Promise<boolean> {
    const { name, guard } = this.#options;
    const [connection] = this.#free;
    const held = this.#tree;
    // Less than was published: another process is ahead, or the log is not as published.
    if (!connection || !held || held.size < guard.published || guard.distrust) return false;
    this.#tree = undefined;
    try {
      const result = await connection.use((client) => writeFew(client, name, held, calls));
      if (result) {
        this.#tree = result.tree;
        this.#count(held, held.size);
        // What is next goes out first: the callers may have much to do.
        setImmediate(() => this.#answer(calls, result));
        return true;
      }
    } catch (error) {
      if (!isRefused(error)) for (const { reject } of calls) reject(error);
      if (!isRefused(error)) return true;
      this.#expectsRepeats ||= isUniqueViolation(error);
    }
    this.#undisturbed = 0;
    return false;
  }

  /** Never throws: every call of the group gets its answer or its error. */
  async #writeAlone(calls: readonly Call[]): Promise<void> {
    const [connection] = this.#free;
    try {
      const write = (client: Client) => this.#attemptAlone(client, calls);
      const result = await connection?.use(write);
      if (result) this.#answer(calls, result);
    } catch (error) {
      // One call holds what PostgreSQL does not take; it must not cost the others their answer.
      if (isRefused(error) && calls.length > 1)
        for (const call of calls) await this.#writeAlone([call]);
      else for (const { reject } of calls) reject(error);
    }
  }

  /**
   * Whether a commit without an answer took place is not known: the caller's repeat finds out. The
   * next group waits for it, as its transaction holds the lock until it ends either way.
   */
  async #attemptAlone(client: Client, calls: readonly Call[]): Promise<GroupResult> {
    const { name, guard } = this.#options;
    const held = { tree: this.#tree, expectsRepeats: this.#expectsRepeats };
    this.#tree = undefined;
    try {
      const result = await writeGroup(client, name, held, calls, guard);
      this.#tree = result.tree;
      this.#count(held.tree, result.tree.size - result.added);
      this.#expectsRepeats = result.hadRepeats;
      return result;
    } catch (error) {
      if (isRefused(error)) await client.query('rollback');
      throw error;
    }
  }

  #answer(calls: readonly Call[], { placed, added, tree }: GroupResult): void {
    for (const [n, { resolve, reject }] of calls.entries()) {
      const call = placed[n];
      if (call && 'answers' in call) resolve(call.answers);
      else reject(call?.refused);
    }
    if (added > 0) this.#options.onCommit({ size: tree.size, topics: topicsOf(placed) });
  }
}
