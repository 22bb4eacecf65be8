import { setTimeout as sleep } from 'node:timers/promises';
import { type Lane, nameOfLane } from '../due.js';
import type {
  Assignment,
  Batch,
  Incoming,
  Kafka,
  KafkaProducer,
  LaneEnds,
  Outgoing,
  Subscription,
  TopicSpec,
} from '../kafka.js';
import { partitionOf } from '../partition.js';

/** What it does wrong, and how often: what kafkajs does now and then, or was said to do. */
export const FAULTS = {
  /** An offset that was resolved is forgotten, and its records come again. */
  forgets: 0.1,
  /** It reads on from somewhere behind. */
  goesBack: 0.1,
  /** It leaves out some records. */
  skips: 0.02,
  /** The group is dealt anew while a batch is being handled; its handler is told, or is not. */
  rebalances: 0.03,
  /** A lane that is dealt to one stays with another, too. */
  dealsTwice: 0.3,
  /** The session breaks. */
  breaks: 0.01,
  /** The producer is told that it failed, and has sent nothing, a part, or everything. */
  failsToSend: 0.15,
  /** It sends everything twice: an idempotent producer that is none. */
  sendsTwice: 0.15,
};
/** How often a lane is looked at that has nothing new. */
const IDLE_MS = 10;
type Fault = keyof typeof FAULTS;

interface Member {
  readonly subscription: Subscription;
  readonly signal: AbortSignal;
  readonly fail: (error: Error) => void;
  readonly positions: Map<string, number>;
  readonly paused: Map<string, number>;
  deal: AbortController;
}

/** Kafka in memory, as the port describes it, that does whatever the port allows it to. */
export class FaultyKafka implements Kafka {
  readonly isUp = true;
  /** How often each fault was done. */
  readonly done = new Map<Fault, number>();
  /** Set to have it behave, so that a test can end. */
  isCalm = false;
  readonly #partitions = new Map<string, number>();
  readonly #records = new Map<string, Incoming[]>();
  readonly #groups = new Map<string, Set<Member>>();
  #state: number;

  constructor(
    seed: number,
    private readonly rates: Partial<typeof FAULTS> = FAULTS,
  ) {
    this.#state = seed;
  }

  watch(): Promise<void> {
    return Promise.resolve();
  }

  topics(): Promise<readonly string[]> {
    return Promise.resolve([...this.#partitions.keys()]);
  }

  topicIds(topics: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return Promise.resolve(new Map(topics.map((topic) => [topic, `the one ${topic}`])));
  }

  ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    for (const { name, partitions } of specs) this.#partitions.set(name, partitions);
    return Promise.resolve();
  }

  ends(topics: readonly string[]): Promise<readonly LaneEnds[]> {
    const lanes = topics.flatMap((topic) => this.#lanesOf(topic));
    return Promise.resolve(
      lanes.map((lane) => ({ lane, first: 0, end: this.#recordsOf(lane).length })),
    );
  }

  admit(): Promise<void> {
    return Promise.resolve();
  }

  producer(): Promise<KafkaProducer> {
    return Promise.resolve({
      send: (records) => {
        const isFailing = this.#rolls('failsToSend');
        this.#append(isFailing ? records.slice(0, this.#below(records.length + 1)) : records);
        if (isFailing) return Promise.reject(new Error('no answer'));
        if (this.#rolls('sendsTwice')) this.#append(records);
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    });
  }

  /** Everything that is in a topic. */
  read(topic: string): readonly Incoming[] {
    return this.#lanesOf(topic).flatMap((lane) => this.#recordsOf(lane));
  }

  async consume(subscription: Subscription, signal: AbortSignal): Promise<void> {
    const over = Promise.withResolvers<void>();
    const member: Member = {
      subscription,
      signal,
      fail: over.reject,
      positions: new Map(),
      paused: new Map(),
      deal: new AbortController(),
    };
    const group = this.#groups.get(subscription.group) ?? new Set();
    this.#groups.set(subscription.group, group.add(member));
    const end = (): void => over.resolve();
    signal.addEventListener('abort', end);
    this.#deal(group);
    try {
      await over.promise;
    } finally {
      signal.removeEventListener('abort', end);
      group.delete(member);
      member.deal.abort();
      this.#deal(group);
    }
  }

  #deal(group: ReadonlySet<Member>): void {
    const members = [...group];
    for (const member of members) {
      member.deal.abort();
      member.deal = new AbortController();
      member.positions.clear();
    }
    const topics = new Set(members.flatMap(({ subscription }) => subscription.topics));
    const lanes = [...topics].flatMap((topic) => this.#lanesOf(topic));
    for (const [n, member] of members.entries()) {
      const dealt = lanes.filter(
        (_, k) => k % members.length === n || (members.length > 1 && this.#rolls('dealsTwice')),
      );
      member.subscription.onJoined(this.#assignment(member, dealt));
      for (const lane of dealt) void this.#serve(group, member, lane);
    }
  }

  #assignment({ positions, deal }: Member, lanes: readonly Lane[]): Assignment {
    return {
      lanes,
      seek: (lane, offset) => {
        if (deal.signal.aborted) return;
        const end = this.#recordsOf(lane).length;
        positions.set(nameOfLane(lane), offset > end ? 0 : offset);
      },
    };
  }

  /** Hands a lane's records to a member until the cards are dealt again. */
  async #serve(group: ReadonlySet<Member>, member: Member, lane: Lane): Promise<void> {
    const { deal, positions } = member;
    const name = nameOfLane(lane);
    while (!deal.signal.aborted && !member.signal.aborted) {
      const isIdle = (positions.get(name) ?? 0) >= this.#recordsOf(lane).length;
      await sleep(isIdle ? IDLE_MS : 1);
      const at = this.#wander(positions.get(name) ?? 0, this.#recordsOf(lane).length);
      const records = this.#recordsOf(lane).slice(at, at + 1 + this.#below(60));
      if (records.length === 0 || performance.now() < (member.paused.get(name) ?? 0)) continue;
      if (this.#rolls('breaks')) return member.fail(new Error('the coordinator is unknown'));
      if (this.#rolls('rebalances')) setTimeout(() => this.#deal(group), this.#below(5));
      positions.set(name, at);
      await member.subscription.onBatch(this.#batch(member, deal, lane, records));
    }
  }

  #batch(
    { positions, paused, signal }: Member,
    deal: AbortController,
    lane: Lane,
    records: readonly Incoming[],
  ): Batch {
    const isTold = this.#below(2) === 0;
    return {
      lane,
      records,
      end: this.#recordsOf(lane).length,
      signal: isTold ? AbortSignal.any([signal, deal.signal]) : signal,
      isOurs: () => !(isTold && deal.signal.aborted),
      pause: (ms) => {
        paused.set(nameOfLane(lane), performance.now() + ms);
      },
      resolve: (offset) => {
        if (deal.signal.aborted || this.#rolls('forgets')) return;
        positions.set(nameOfLane(lane), Number(offset) + 1);
      },
    };
  }

  #wander(at: number, end: number): number {
    if (at > 0 && this.#rolls('goesBack')) return this.#below(at);
    if (at + 2 < end && this.#rolls('skips')) return at + 1 + this.#below(2);
    return at;
  }

  #append(records: readonly Outgoing[]): void {
    for (const { topic, partition, key, value, headers } of records) {
      const lane = { topic, partition: partition ?? this.#partitionOf(topic, key) };
      const all = this.#recordsOf(lane);
      const text = typeof key === 'string' ? Buffer.from(key) : key;
      all.push({ offset: `${all.length}`, key: text, value: Buffer.from(value), headers });
      this.#records.set(nameOfLane(lane), all);
    }
  }

  #partitionOf(topic: string, key: string | Buffer | null): number {
    return partitionOf(String(key)) % (this.#partitions.get(topic) ?? 1);
  }

  #lanesOf(topic: string): readonly Lane[] {
    const count = this.#partitions.get(topic) ?? 0;
    return Array.from({ length: count }, (_, partition) => ({ topic, partition }));
  }

  #recordsOf(lane: Lane): Incoming[] {
    return this.#records.get(nameOfLane(lane)) ?? [];
  }

  #rolls(fault: Fault): boolean {
    if (this.isCalm || this.#random() >= (this.rates[fault] ?? 0)) return false;
    this.done.set(fault, (this.done.get(fault) ?? 0) + 1);
    return true;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  /** Mulberry32. */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
}
