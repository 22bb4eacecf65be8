import { UnavailableError } from '#kernel';
import type { Appended, Commit } from '../log.js';
import type { LogGuard } from '../log-guard.js';
import type { EncodedCall, LogWriter } from '../log-writer.js';
import type { FromWriter, ToWriter, WriterSettings } from './messages.js';
import { OwnThread } from './own-thread.js';
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
 * what recording an event takes, and need nothing of who records it. AdaptiveWriter bounds what it is
 * given.
 */
export class WriterThread implements LogWriter {
  readonly #thread: OwnThread<ToWriter, FromWriter>;
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
    this.#thread = new OwnThread(main, workerData, (message) => this.#take(message));
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
      this.#thread.tell({ is: 'close' });
      await closed;
      await this.#thread.end();
    })();
    return this.#closing;
  }

  #send(): void {
    if (this.#next.length === 0) return;
    const calls = packCalls(this.#sent, this.#next);
    this.#sent += this.#next.length;
    this.#next = [];
    this.#thread.tell({ is: 'calls', calls }, transferOf(calls));
  }

  #tellGuard(): void {
    const { published, distrust } = this.#guard;
    this.#thread.tell({ is: 'guard', guard: { published, distrust } });
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
