import { createHash } from 'node:crypto';
import { ConcurrencyError, newId, type Clock } from '#kernel';
import { topicOf, type Topic } from '#contracts';
import {
  type Appended,
  type Head,
  Log,
  type NewEntry,
  SealingJournal,
  type StoredEntry,
} from '#log';
import type { Vault } from '#vault';

/** A log in memory that keeps the contract: dense, atomic per call, one intake event once. */
export class InMemoryLog extends Log {
  readonly name: string;
  readonly entries: StoredEntry[] = [];
  readonly #macs = new Map<string, { mac: string; at: Appended }>();
  readonly #listeners = new Set<() => void>();

  constructor(name = 'memory') {
    super();
    this.name = name;
  }

  append(entries: readonly NewEntry[]): Promise<readonly Appended[]> {
    const versions = new Map<string, number>();
    for (const { stream, version } of entries) {
      if (stream === undefined) continue;
      const at =
        versions.get(stream) ?? this.entries.filter((entry) => entry.stream === stream).length;
      if (version !== at + 1) return Promise.reject(new ConcurrencyError(stream));
      versions.set(stream, version);
    }
    const appended = entries.map((entry) => this.#append(entry));
    for (const listener of this.#listeners) listener();
    return Promise.resolve(appended);
  }

  read(options: { after: number; limit: number; topics?: readonly Topic[] }) {
    const { after, limit, topics } = options;
    return Promise.resolve(
      this.entries
        .filter(({ seq, topic }) => seq > after && (topics?.includes(topic) ?? true))
        .slice(0, limit),
    );
  }

  readStream(stream: string): Promise<readonly StoredEntry[]> {
    return Promise.resolve(this.entries.filter((entry) => entry.stream === stream));
  }

  head(): Promise<Head> {
    return Promise.resolve({ size: this.entries.length, root: '' });
  }

  onCommit(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #append({ intake, time, ...entry }: NewEntry): Appended {
    const key = intake && JSON.stringify([intake.source, intake.eventId]);
    const mac = intake && Buffer.from(intake.contentMac).toString('hex');
    const known = key === undefined ? undefined : this.#macs.get(key);
    if (known) return { ...known.at, status: known.mac === mac ? 'duplicate' : 'conflict' };
    const seq = this.entries.length;
    const leafHash = createHash('sha256').update(entry.id).digest();
    this.entries.push({
      ...entry,
      log: this.name,
      seq,
      leafHash,
      topic: topicOf[entry.kind],
      time: time.toISOString(),
      recordedAt: time.toISOString(),
    });
    const at = {
      status: 'recorded',
      id: entry.id,
      seq,
      leafHash: leafHash.toString('hex'),
    } as const;
    if (key !== undefined && mac !== undefined) this.#macs.set(key, { mac, at });
    return at;
  }
}

/** A journal for tests: a log in memory under the real sealing journal. */
export const inMemoryJournal = (vault: Vault, clock: Clock) => {
  const log = new InMemoryLog();
  return { log, journal: new SealingJournal(log, vault, clock) };
};

/** An id that is not taken. */
export const anyId = (): string => newId('evt');
