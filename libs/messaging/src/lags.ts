import { familyOf } from '#contracts';
import { nameOfLane } from './due.js';
import type { Kafka, LaneEnds } from './kafka.js';
import type { Places } from './places.js';

/** Messages of a family of topics that wait for a reader. */
export interface Lag {
  readonly reader: string;
  readonly topic: string;
  readonly messages: number;
}

interface Reader {
  readonly name: string;
  readonly topics: readonly string[];
}

/** Whoever asks within this time is told the same: the broker is asked a question a topic. */
const KEPT_MS = 1_000;

/**
 * How much waits in Kafka behind the places in the database: also for readers that hang, or that
 * another process runs, or none.
 */
export class LagMeter {
  #measured: { readonly lags: Promise<readonly Lag[]>; readonly at: number } | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly places: Places,
  ) {}

  /** Rejects while Kafka or the database is away. */
  measure(readers: readonly Reader[]): Promise<readonly Lag[]> {
    if (!this.#measured || Date.now() - this.#measured.at > KEPT_MS) {
      const lags = this.#ask(readers);
      this.#measured = { lags, at: Date.now() };
      lags.catch(() => (this.#measured = undefined));
    }
    return this.#measured.lags;
  }

  async #ask(readers: readonly Reader[]): Promise<readonly Lag[]> {
    const ends = await this.kafka.ends([...new Set(readers.flatMap(({ topics }) => topics))]);
    const places = await this.places.nextOffsets(readers.map(({ name }) => name));
    return readers.flatMap((reader) => lagsOf(reader, ends, places.get(reader.name) ?? new Map()));
  }
}

const lagsOf = (
  { name, topics }: Reader,
  ends: readonly LaneEnds[],
  places: ReadonlyMap<string, number>,
): readonly Lag[] => {
  const families = new Map(topics.map((topic) => [familyOf(topic), 0]));
  for (const { lane, first, end } of ends) {
    if (!topics.includes(lane.topic)) continue;
    const family = familyOf(lane.topic);
    const place = Math.max(first, places.get(nameOfLane(lane)) ?? first);
    families.set(family, (families.get(family) ?? 0) + Math.max(0, end - place));
  }
  return [...families].map(([topic, messages]) => ({ reader: name, topic, messages }));
};
