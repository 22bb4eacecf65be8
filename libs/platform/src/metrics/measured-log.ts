import {
  type Appended,
  type AppendOptions,
  type Commit,
  type Head,
  Log,
  type NewEntry,
  type StoredEntry,
  type VerbatimEntry,
} from '#log';
import type { Metrics } from './metrics.js';

/** A log whose appends are counted and timed. */
export class MeasuredLog extends Log {
  readonly name: string;

  constructor(
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {
    super();
    this.name = log.name;
  }

  async append(
    entries: readonly NewEntry[],
    options?: AppendOptions,
  ): Promise<readonly Appended[]> {
    const { appended, appendSeconds } = this.metrics;
    const end = appendSeconds.startTimer();
    try {
      const answers = await this.log.append(entries, options);
      for (const { status } of answers) appended.inc({ status });
      return answers;
    } catch (error) {
      appended.inc({ status: 'failed' }, entries.length);
      throw error;
    } finally {
      end();
    }
  }

  read(options: Parameters<Log['read']>[0]): Promise<readonly StoredEntry[]> {
    return this.log.read(options);
  }

  readVerbatim(options: Parameters<Log['readVerbatim']>[0]): Promise<readonly VerbatimEntry[]> {
    return this.log.readVerbatim(options);
  }

  readStream(stream: string): Promise<readonly StoredEntry[]> {
    return this.log.readStream(stream);
  }

  head(): Promise<Head> {
    return this.log.head();
  }

  onCommit(listener: (commit: Commit) => void): () => void {
    return this.log.onCommit(listener);
  }

  close(): Promise<void> {
    return this.log.close();
  }
}
