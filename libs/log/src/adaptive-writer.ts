import { UnavailableError } from '#kernel';
import { QUEUE_BYTES_MAX } from './call-queue.js';
import type { Appended } from './log.js';
import { bytesOf, type EncodedCall, type LogWriter } from './log-writer.js';

/** So long after there was much, the thread goes on: who sends batches sends more of them. */
export const CALM_MS = 1_000;

export interface AdaptiveWriterOptions {
  /** Writes what is little. */
  readonly here: LogWriter;
  /** Writes what is much, in a thread of its own. */
  readonly there: LogWriter;
  /** Entries without an answer, of all calls together: more are much. */
  readonly fewMax: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

interface Waiting {
  readonly call: EncodedCall;
  readonly resolve: (appended: readonly Appended[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gives calls to one of two writers of the same log. To wake another thread and be woken by it costs more
 * than to write a small group: it pays for batches, and not for single events. Calls are written in the
 * order they came, as one writer begins only when the other has answered all that it had; that the
 * log was moved meanwhile it finds out as if another process had.
 */
export class AdaptiveWriter implements LogWriter {
  readonly #options: AdaptiveWriterOptions;
  #writer: LogWriter;
  /** Not given to a writer yet, in order. */
  readonly #line: Waiting[] = [];
  /** How many calls the writer has not answered. */
  #calls = 0;
  /** Of all calls without an answer, those in line among them. */
  #entries = 0;
  #bytes = 0;
  #muchAt = Number.NEGATIVE_INFINITY;
  #closing: Promise<void> | undefined;
  #idle: () => void = () => undefined;

  constructor(options: AdaptiveWriterOptions) {
    this.#options = options;
    this.#writer = options.here;
  }

  /** As LogWriter.append. Throws UnavailableError also if too much waits already. */
  async append(call: EncodedCall): Promise<readonly Appended[]> {
    const bytes = bytesOf(call.entries);
    if (this.#closing || this.#bytes + bytes > QUEUE_BYTES_MAX)
      throw new UnavailableError('the log');
    this.#bytes += bytes;
    this.#entries += call.entries.length;
    try {
      return await new Promise((resolve, reject) => {
        this.#line.push({ call, resolve, reject });
        this.#go();
      });
    } finally {
      this.#bytes -= bytes;
      this.#entries -= call.entries.length;
    }
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      if (this.#calls > 0)
        await new Promise<void>((resolve) => {
          this.#idle = resolve;
        });
      await Promise.all([this.#options.here.close(), this.#options.there.close()]);
    })();
    return this.#closing;
  }

  /** Gives on what is in line, up to what is for the other writer while this one is not done. */
  #go(): void {
    for (let first = this.#line[0]; first; first = this.#line[0]) {
      const writer = this.#next();
      if (writer !== this.#writer && this.#calls > 0) return;
      this.#writer = writer;
      this.#line.shift();
      void this.#write(first);
    }
    if (this.#calls === 0) this.#idle();
  }

  #next(): LogWriter {
    const { here, there, fewMax, now } = this.#options;
    if (this.#entries > fewMax) this.#muchAt = now();
    return now() - this.#muchAt < CALM_MS ? there : here;
  }

  async #write({ call, resolve, reject }: Waiting): Promise<void> {
    this.#calls += 1;
    try {
      resolve(await this.#writer.append(call));
    } catch (error) {
      reject(error);
    }
    this.#calls -= 1;
    this.#go();
  }
}
