import { type EntryKind, topicOf } from '#contracts';
import {
  type Among,
  type Appended,
  type Commit,
  contentOf,
  type Head,
  Log,
  type NewEntry,
  type StoredEntry,
  type VerbatimEntry,
} from '#log';

/** The part of a log that messaging reads, in memory. `away` makes it fail, as a lost database. */
export class MemoryLog extends Log {
  readonly entries: StoredEntry[] = [];
  away = false;
  readonly #listeners = new Set<(commit: Commit) => void>();

  constructor(readonly name = 'test') {
    super();
  }

  /** Adds an entry and returns it; `alias` decides the partition. */
  add(kind: EntryKind, alias: string, data: object = {}): StoredEntry {
    const seq = this.entries.length;
    const entry: StoredEntry = {
      log: this.name,
      seq,
      id: `evt_${this.name}${seq}`,
      kind,
      topic: topicOf[kind],
      time: '2026-01-02T03:04:05.000Z',
      recordedAt: '2026-01-02T03:04:06.000Z',
      alias,
      data,
      sealed: Buffer.from([seq & 255, 1, 2]),
      leafHash: new Uint8Array(32),
    };
    this.entries.push(entry);
    const commit = { size: this.entries.length, topics: new Set([entry.topic]) };
    for (const listener of this.#listeners) listener(commit);
    return entry;
  }

  read(options: { after: number; limit: number; among?: Among }) {
    if (this.away) return Promise.reject(new Error('away'));
    const { after, limit, among } = options;
    const found = this.entries
      .slice(after + 1, after + 1 + (among?.within ?? this.entries.length))
      .filter(({ topic }) => among?.topics.includes(topic) ?? true)
      .slice(0, limit);
    return Promise.resolve(found);
  }

  async readVerbatim(options: { after: number; limit: number }): Promise<readonly VerbatimEntry[]> {
    const entries = await this.read(options);
    return entries.map((entry) => ({ ...entry, content: contentOf(entry) }));
  }

  head(): Promise<Head> {
    if (this.away) return Promise.reject(new Error('away'));
    return Promise.resolve({ size: this.entries.length, root: '' });
  }

  append(_entries: readonly NewEntry[]): Promise<readonly Appended[]> {
    return Promise.reject(new Error('not in this log'));
  }

  readStream(_stream: string): Promise<readonly StoredEntry[]> {
    return Promise.reject(new Error('not in this log'));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  onCommit(listener: (commit: Commit) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
