import { Counter, Gauge } from 'prom-client';
import type { Log } from '#log';
import type { Messaging } from '#messaging';
import type { Metrics } from './metrics.js';

type Measured = Pick<Messaging, 'status' | 'lags'> & {
  readonly deadLetters: Pick<Messaging['deadLetters'], 'count'>;
};
type Set = (value: number, labels?: Readonly<Record<string, string>>) => void;

/**
 * A gauge that is asked for at each scrape. While what it asks is away it has no sample: its absence
 * says so, and the others are answered.
 */
export const gauge = (
  { registry }: Metrics,
  name: string,
  help: string,
  labelNames: readonly string[],
  read: (set: Set) => void | Promise<void>,
): void => {
  void new Gauge({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    async collect() {
      // A gauge without labels that is reset says 0, which would be a lie.
      if (labelNames.length === 0) this.remove();
      else this.reset();
      try {
        await read((value, labels = {}) => this.set(labels, value));
      } catch {
        // Readiness says what is away.
      }
    },
  });
};

/** What waits between the log and who reads it. */
export const measureMessaging = (
  metrics: Metrics,
  log: Pick<Log, 'head'>,
  messaging: Measured,
): void => {
  const readers = () => messaging.status().projections;
  gauge(metrics, 'ledger_log_entries', 'Entries in the log.', [], async (set) =>
    set((await log.head()).size),
  );
  gauge(
    metrics,
    'ledger_relay_lag_entries',
    'Entries that the relay has not published; only where it leads.',
    [],
    async (set) => {
      const { cursor } = messaging.status().relay ?? {};
      if (cursor !== undefined) set(Math.max(0, (await log.head()).size - 1 - cursor));
    },
  );
  gauge(
    metrics,
    'ledger_consumer_lag_messages',
    'Messages that wait for a reader, by family of topics; the same from every process.',
    ['reader', 'topic'],
    async (set) => {
      for (const { reader, topic, messages } of await messaging.lags())
        set(messages, { reader, topic });
    },
  );
  gauge(
    metrics,
    'ledger_reader_stalled',
    '1 while a reader of this process fails and tries again.',
    ['reader'],
    (set) => {
      for (const { name, stalledSince } of readers())
        set(stalledSince === undefined ? 0 : 1, { reader: name });
    },
  );
  gauge(
    metrics,
    'ledger_dead_letters_open',
    'Messages set aside and not resolved, by reader.',
    ['reader'],
    async (set) => {
      const open = await messaging.deadLetters.count();
      for (const { name } of readers()) set(open.get(name) ?? 0, { reader: name });
    },
  );
  countAnswers(metrics, messaging);
  countTopicsAnew(metrics, messaging);
};

const countAnswers = ({ registry }: Metrics, messaging: Measured): void => {
  void new Counter({
    name: 'ledger_intake_answers_total',
    help: 'Messages of intake topics answered by this process: recorded, duplicate, test, refused.',
    labelNames: ['result'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [result, count] of Object.entries(messaging.status().intake ?? {}))
        this.inc({ result }, count);
    },
  });
};

const countTopicsAnew = ({ registry }: Metrics, messaging: Measured): void => {
  void new Counter({
    name: 'ledger_topics_anew_total',
    help: 'Topics that were deleted and made anew, and read by this process from their beginning.',
    labelNames: ['reader'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { name, topicsAnew } of messaging.status().projections)
        this.inc({ reader: name }, topicsAnew);
    },
  });
};
