import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { connect } from '../connect.js';
import type { LedgerProcess } from '../../processes/ledger-process.js';
import { startServices, type Topology } from '../../processes/topology.js';
import { openLimit } from '../kafkajs-alone/open-limit.js';
import { postAll } from '../load.js';
import { introduceTo } from '../provider.js';
import { batches, BATCH_TYPE, resultsAre } from '../recorder.js';
import type { Prepared, Row } from '../row.js';
import { numberOf, risingTo } from '../until.js';

const BATCH = 100;
/** Their bodies are made beforehand, and lie in memory. */
const POSTED_AT_ONCE = 100_000;
const RELAY_LOCK = `hashtextextended('messaging.relay:recorder', 0)`;
/** By places: to count what it has taken in would read its whole table, again and again. */
const READ = `select sum(next_offset) as n from messaging.place
  where projection = 'accumulation' and topic = 'learning-events.v1'`;
const LEARNED = 'select count(*) as n from accumulation.learning';

/** Nobody earns it: what is measured is taking events in, and looking whether they matter. */
const DEFINITION = {
  id: 'bench-nothing',
  name: 'Bench nothing',
  description: 'Nothing.',
  type: 'Course',
  criteria: 'Pass it.',
  rule: { passed: 'https://bench.example/nothing' },
};

/** Records events that nothing publishes yet, as another would have to: the relay's lock is ours. */
const recordQuietly = async (
  { processes, environments }: Topology,
  recorderDb: Client,
  authorization: string,
  count: number,
): Promise<void> => {
  const recorder = processes['recorder'] as LedgerProcess;
  await recorder.stop();
  await recorderDb.query(`select pg_advisory_lock(${RELAY_LOCK})`);
  recorder.start();
  await recorder.ready();
  for (let posted = 0; posted < count; posted += POSTED_AT_ONCE)
    await postAll({
      url: `http://localhost:${environments['recorder']?.['PORT']}/v1/events`,
      headers: { authorization, 'content-type': BATCH_TYPE },
      bodies: batches(Math.min(POSTED_AT_ONCE, count - posted), BATCH),
      check: resultsAre(BATCH),
    });
};

/**
 * Catching up: what the recorder has in its log, through Kafka, into accumulation; beside a consumer
 * that reads the same records and keeps counts. The exchange is needed while events are recorded, as it
 * signs tokens; then it is away, as the wallet that it keeps is on no one's way to accumulation.
 */
export const accumulation: Row = {
  row: 'accumulation',
  unit: 'events/s',
  must: 0.4,
  prepare: async (bench): Promise<Prepared> => {
    const count = bench.isQuick ? 20_000 : 1_000_000;
    const brokers = await bench.brokers();
    const dataDir = join(bench.folder, 'accumulation');
    mkdirSync(dataDir);
    const topology = await startServices({
      dataDir,
      database: () => bench.database(),
      brokers: brokers.join(','),
    });
    const { authorization } = await introduceTo(topology, DEFINITION);
    const issuer = topology.processes['issuer'] as LedgerProcess;
    const exchange = topology.processes['exchange'] as LedgerProcess;
    const recorderDb = await connect(topology.databases['recorder'] ?? '');
    const databaseUrl = topology.databases['issuer'] ?? '';
    const db = await connect(databaseUrl);
    const topic = 'learning-events.v1';
    const limit = await openLimit('counting', { brokers, databaseUrl, topic, count });
    const round = async () => {
      await issuer.stop();
      exchange.start();
      await exchange.ready();
      await recordQuietly(topology, recorderDb, authorization, count);
      await exchange.stop();
      const [read, learned] = [await numberOf(db, READ), await numberOf(db, LEARNED)];
      issuer.start();
      await issuer.ready();
      await recorderDb.query(`select pg_advisory_unlock(${RELAY_LOCK})`);
      const measured = await risingTo(db, READ, read + count);
      if ((await numberOf(db, LEARNED)) !== learned + count)
        throw new Error('accumulation read on, and did not take in what it read');
      return measured;
    };
    await exchange.stop();
    await round();
    return {
      ours: round,
      limit: () => limit.round(),
      close: async () => {
        await limit.close();
        await db.end();
        await recorderDb.end();
        await topology.stop();
      },
    };
  },
};
