import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { connect } from '../connect.js';
import { startAllInOne, startServices, type Topology } from '../../processes/topology.js';
import { event, HOME_PAGE } from '../events.js';
import { introduceTo, type Provider } from '../provider.js';
import type { Bench, Prepared, Row } from '../row.js';

const EVENTS_PER_SECOND = 300;
/** Every tenth event earns a credential. */
const EARNING = 10;
const LOOK_MS = 10;
const PATIENCE_MS = 60_000;
const COURSE = `${HOME_PAGE}/course/1`;

const DEFINITION = {
  id: 'bench-course',
  name: 'Bench course',
  description: 'A course.',
  type: 'Course',
  criteria: 'Complete it.',
  rule: { completed: COURSE },
  leastAssurance: 'observed',
};

/** An event of somebody who was never seen, which earns the credential. */
const earningEvent = () => {
  const each = event();
  const name = `earner-${randomBytes(8).toString('hex')}`;
  return {
    ...each,
    data: {
      ...each.data,
      learner: { account: { homePage: HOME_PAGE, name } },
      activity: { id: COURSE, type: 'course' },
    },
  };
};

/** When each credential came into a wallet, by the alias it is about. */
class Arrivals {
  readonly #at = new Map<string, number>();
  #isOver = false;
  readonly #watching: Promise<void>;

  constructor(private readonly wallet: Client) {
    this.#watching = this.#watch();
  }

  async of(eventIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const { rows } = await this.wallet.query<{ event_id: string; alias: string }>(
        'select event_id, alias from wallet.event where event_id = any($1)',
        [eventIds],
      );
      const found = rows.flatMap(({ event_id, alias }) => {
        const at = this.#at.get(alias);
        return at === undefined ? [] : [[event_id, at] as const];
      });
      if (found.length === eventIds.length) return new Map(found);
      if (performance.now() > deadline)
        throw new Error(`${eventIds.length - found.length} credentials never came`);
      await sleep(100);
    }
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await this.#watching;
  }

  async #watch(): Promise<void> {
    while (!this.#isOver) {
      const { rows } = await this.wallet.query<{ alias: string }>(
        'select alias from wallet.credential where not alias = any($1)',
        [[...this.#at.keys()]],
      );
      const now = performance.now();
      for (const { alias } of rows) this.#at.set(alias, now);
      await sleep(LOOK_MS);
    }
  }
}

/** Sends events at their pace for so many seconds. Out: when each that earns was answered. */
const sendEvents = async (
  provider: Provider,
  seconds: number,
): Promise<ReadonlyMap<string, number>> => {
  const answered = new Map<string, number>();
  const sending: Promise<void>[] = [];
  const since = performance.now();
  for (let n = 0; n < seconds * EVENTS_PER_SECOND; n += 1) {
    const due = since + (n * 1_000) / EVENTS_PER_SECOND;
    const early = due - performance.now();
    if (early > 1) await sleep(early);
    const isEarning = n % EARNING === 0;
    const each = isEarning ? earningEvent() : event();
    sending.push(
      provider.record(each).then(() => {
        if (isEarning) answered.set(each.id, performance.now());
        return undefined;
      }),
    );
  }
  await Promise.all(sending);
  return answered;
};

/** The 99th percentile, in seconds, from the answer to the event to the credential in the wallet. */
const measureRound = async (
  provider: Provider,
  wallet: Client,
  seconds: number,
): Promise<number> => {
  const arrivals = new Arrivals(wallet);
  try {
    const answered = await sendEvents(provider, seconds);
    const arrived = await arrivals.of([...answered.keys()]);
    const took = [...answered].map(([id, at]) => (arrived.get(id) ?? Infinity) - at);
    return (took.toSorted((a, b) => a - b)[Math.floor(took.length * 0.99)] ?? 0) / 1_000;
  } finally {
    await arrivals.close();
  }
};

const walletRow = (
  row: string,
  allowedSeconds: number,
  walletIn: string,
  start: (bench: Bench, dataDir: string) => Promise<Topology>,
): Row => ({
  row,
  unit: 's (p99)',
  must: 1,
  isLessBetter: true,
  prepare: async (bench): Promise<Prepared> => {
    const seconds = bench.isQuick ? 5 : 20;
    const dataDir = join(bench.folder, row);
    mkdirSync(dataDir);
    const topology = await start(bench, dataDir);
    const provider = await introduceTo(topology, DEFINITION);
    const wallet = await connect(topology.databases[walletIn] ?? '');
    const close = async (): Promise<void> => {
      await wallet.end();
      await topology.stop();
    };
    // Warm: compiled, connected, and every learner known.
    await measureRound(provider, wallet, 5).catch(async (error: unknown) => {
      await close();
      throw error;
    });
    return {
      ours: async () => ({
        rate: await measureRound(provider, wallet, seconds),
        loadGeneratorCpuShare: 0,
      }),
      limit: () => Promise.resolve({ rate: allowedSeconds, loadGeneratorCpuShare: 0 }),
      close,
    };
  },
});

/** From the answer to the credential in the wallet, in one process. */
export const walletEmbedded = walletRow('wallet-embedded', 0.5, 'ledger', (bench, dataDir) =>
  startAllInOne({ dataDir, database: () => bench.database() }),
);

/** The same through separate services on Kafka. */
export const walletKafka = walletRow('wallet-kafka', 1.5, 'exchange', async (bench, dataDir) =>
  startServices({
    dataDir,
    database: () => bench.database(),
    brokers: (await bench.brokers()).join(','),
  }),
);
