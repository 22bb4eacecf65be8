import { Worker } from 'node:worker_threads';
import { UnavailableError } from '#kernel';
import type { Appended, Commit } from '../log.js';
import type { LogGuard } from '../log-guard.js';
import type { EncodedCall, LogWriter } from '../log-writer.js';
import type { FromWriter, ToWriter, WriterSettings } from './messages.js';
import { unpackAnswers } from './packed-answers.js';
import { packCalls, transferOf } from './packed-calls.js';

/** Where the thread of a writer begins. */
export const WRITER_MAIN = new URL('./main.js', import.meta.url);

interface Waiting {
  readonly resolve: (appended: readonly Appended[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A writer in a thread of its own: hashing, encoding rows and talking to PostgreSQL take a third of
 * what recording an event takes, and need nothing of who records it. What this process does not
 * survive, neither does the thread, and the other way round. AdaptiveWriter bounds what it is given.
 */
export class WriterThread implements LogWriter {
  readonly #worker: Worker;
  readonly #guard: LogGuard;
  readonly #onCommit: (commit: Commit) => void;
  /** By the number of the call. */
  readonly #waiting = new Map<number, Waiting>();
  /** Calls of this turn: one message takes them all. */
  #next: EncodedCall[] = [];
  #sent = 0;
  #closing: Promise<void> | undefined;
  #closed: () => void = () => undefined;

  /** In: `main` is where the thread begins. */
  constructor(
    main: URL,
    settings: WriterSettings & {
      readonly guard: LogGuard;
      readonly onCommit: (commit: Commit) => void;
    },
  ) {
    const { guard, onCommit, ...workerData } = settings;
    this.#guard = guard;
    this.#onCommit = onCommit;
    this.#worker = new Worker(main, { workerData });
    this.#worker.on('message', (message: FromWriter) => this.#take(message));
    // Nobody could tell what it has written: the process ends, as with any error that nobody took.
    for (const event of ['error', 'messageerror'] as const)
      this.#worker.once(event, (error: Error) => {
        throw error;
      });
    this.#worker.once('exit', (code) => {
      if (!this.#closing)
        throw new Error(`the thread of the log's writer ended by itself (${code})`);
    });
    guard.onChange(() => this.#tellGuard());
    this.#tellGuard();
  }

  append(call: EncodedCall): Promise<readonly Appended[]> {
    return new Promise((resolve, reject) => {
      if (this.#closing) return reject(new UnavailableError('the log'));
      this.#waiting.set(this.#sent + this.#next.length, { resolve, reject });
      if (this.#next.push(call) === 1) setImmediate(() => this.#send());
    });
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      const closed = new Promise<void>((resolve) => {
        this.#closed = resolve;
      });
      this.#send();
      this.#post({ is: 'close' });
      await closed;
      await this.#worker.terminate();
    })();
    return this.#closing;
  }

  #send(): void {
    if (this.#next.length === 0) return;
    const calls = packCalls(this.#sent, this.#next);
    this.#sent += this.#next.length;
    this.#next = [];
    this.#post({ is: 'calls', calls }, transferOf(calls));
  }

  #tellGuard(): void {
    const { published, distrust } = this.#guard;
    this.#post({ is: 'guard', guard: { published, distrust } });
  }

  #post(message: ToWriter, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #take(message: FromWriter): void {
    switch (message.is) {
      case 'answers':
        for (const settled of unpackAnswers(message.answers)) {
          const waiting = this.#waiting.get(settled.call);
          if (!waiting) throw new Error('a call was answered that waits for none');
          this.#waiting.delete(settled.call);
          if ('answers' in settled) waiting.resolve(settled.answers);
          else waiting.reject(settled.error);
        }
        return;
      case 'commit':
        return this.#onCommit({ size: message.size, topics: new Set(message.topics) });
      case 'distrust':
        return this.#guard.distrust === undefined
          ? this.#guard.refuse(message.distrust)
          : undefined;
      case 'closed':
        return this.#closed();
    }
  }
}
