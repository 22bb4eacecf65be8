import { type Clock, ConcurrencyError, IntakeConflictError } from '#kernel';
import { topicOf } from '#contracts';
import {
  type Among,
  type Appended,
  type AppendOptions,
  type Commit,
  contentOf,
  type Head,
  Log,
  type NewEntry,
  SealingJournal,
  type StoredEntry,
  type VerbatimEntry,
} from '#log';
import { leafHash, Tree } from '#merkle';
import type { Vault } from '#vault';

interface Intake {
  readonly appended: Appended;
  readonly contentMac: Uint8Array;
}

/** When the first entry was recorded; each further one a millisecond later. */
const RECORDED_FROM = Date.UTC(2026, 5, 1, 8);

/** A log in memory that keeps the promises of Log: dense, atomic, deduplicated, in order. */
export class InMemoryLog extends Log {
  #entries: readonly StoredEntry[] = [];
  #intakes: ReadonlyMap<string, Intake> = new Map();
  #versions: ReadonlyMap<string, number> = new Map();
  readonly #tree = Tree.empty();
  readonly #listeners = new Set<(commit: Commit) => void>();

  constructor(override readonly name = 'memory') {
    super();
  }

  /** All of it, for assertions. */
  get entries(): readonly StoredEntry[] {
    return this.#entries;
  }

  append(
    entries: readonly NewEntry[],
    { onConflict = 'answer' }: AppendOptions = {},
  ): Promise<readonly Appended[]> {
    const all = [...this.#entries];
    const intakes = new Map(this.#intakes);
    const versions = new Map(this.#versions);
    const answers: Appended[] = [];
    for (const [at, entry] of entries.entries()) {
      const key = entry.intake && JSON.stringify([entry.intake.source, entry.intake.eventId]);
      const earlier = key === undefined ? undefined : intakes.get(key);
      if (earlier && entry.intake) {
        const length = Math.min(earlier.contentMac.length, entry.intake.contentMac.length);
        const [known, said] = [earlier, entry.intake].map(({ contentMac }) =>
          Buffer.from(contentMac.subarray(0, length)).toString('hex'),
        );
        const isSame = length > 0 && known === said;
        if (!isSame && onConflict === 'refuse') {
          const before = this.#intakes.get(key ?? '');
          return Promise.reject(new IntakeConflictError(at, before?.appended.seq));
        }
        answers.push({ ...earlier.appended, status: isSame ? 'duplicate' : 'conflict' });
        continue;
      }
      if (entry.stream !== undefined) {
        const version = (versions.get(entry.stream) ?? 0) + 1;
        if (entry.version !== version) return Promise.reject(new ConcurrencyError(entry.stream));
        versions.set(entry.stream, version);
      }
      const stored = this.#store(entry, all.length);
      const leaf = Buffer.from(stored.leafHash).toString('hex');
      const appended = {
        status: 'recorded',
        id: entry.id,
        seq: stored.seq,
        leafHash: leaf,
      } as const;
      all.push(stored);
      answers.push(appended);
      if (key !== undefined && entry.intake)
        intakes.set(key, { appended, contentMac: entry.intake.contentMac });
    }
    const fresh = all.slice(this.#entries.length);
    this.#tree.append(fresh.map((stored) => Buffer.from(stored.leafHash)));
    this.#entries = all;
    this.#intakes = intakes;
    this.#versions = versions;
    const commit = { size: all.length, topics: new Set(fresh.map(({ topic }) => topic)) };
    if (fresh.length > 0) for (const listener of this.#listeners) listener(commit);
    return Promise.resolve(answers);
  }

  read(options: {
    readonly after: number;
    readonly limit: number;
    readonly among?: Among;
  }): Promise<readonly StoredEntry[]> {
    const { after, limit, among } = options;
    const next = this.#entries.filter(({ seq }) => seq > after);
    const found = among
      ? next.slice(0, among.within).filter(({ topic }) => among.topics.includes(topic))
      : next;
    return Promise.resolve(found.slice(0, limit));
  }

  readStream(stream: string): Promise<readonly StoredEntry[]> {
    return Promise.resolve(this.#entries.filter((entry) => entry.stream === stream));
  }

  async readVerbatim(options: { after: number; limit: number }): Promise<readonly VerbatimEntry[]> {
    const entries = await this.read(options);
    return entries.map((entry) => ({ ...entry, content: contentOf(entry) }));
  }

  head(): Promise<Head> {
    return Promise.resolve({ size: this.#tree.size, root: this.#tree.root().toString('hex') });
  }

  onCommit(listener: (commit: Commit) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** As from a database: a copy that later changes of the caller's objects do not reach. */
  #store({ intake: _intake, time, ...entry }: NewEntry, seq: number): StoredEntry {
    const leaf = JSON.stringify({ ...entry, time: time.toISOString(), seq });
    return {
      ...structuredClone(entry),
      log: this.name,
      seq,
      topic: topicOf[entry.kind],
      time: time.toISOString(),
      recordedAt: new Date(RECORDED_FROM + seq).toISOString(),
      leafHash: leafHash(Buffer.from(leaf)),
    };
  }
}

/** A log in memory under the real sealing journal. */
export const inMemoryJournal = (
  vault: Vault,
  clock: Clock,
): { readonly log: InMemoryLog; readonly journal: SealingJournal } => {
  const log = new InMemoryLog();
  return { log, journal: new SealingJournal(log, vault, clock) };
};
