import { connect } from '../connect.js';
import { intakeTopicOf } from '#contracts';
import { rawKafka } from '../kafkajs-alone/consume.js';
import { openLimit } from '../kafkajs-alone/open-limit.js';
import { events } from '../events.js';
import { CLIENT, openRecorder } from '../recorder.js';
import type { Prepared, Row } from '../row.js';
import { numberOf, risingTo } from '../until.js';

const WRITTEN_AT_ONCE = 1_000;
/** As many as fit into memory, with their rows settled beforehand. */
const READ_BESIDE = 200_000;

const SIZE = `select size as n from log.state where name = 'recorder'`;

/**
 * A provider's topic, written while the recorder was away, into the log, beside reading the same
 * records and copying as many rows. Relaying them on goes on meanwhile, as it always does.
 */
export const kafkaIntake: Row = {
  row: 'kafka-intake',
  unit: 'events/s',
  must: 0.35,
  prepare: async (bench): Promise<Prepared> => {
    const count = bench.isQuick ? 20_000 : 1_000_000;
    const brokers = await bench.brokers();
    const recorder = await openRecorder(bench, { KAFKA_BROKERS: brokers.join(',') });
    const { databaseUrl } = recorder;
    const producer = rawKafka(brokers).producer();
    await producer.connect();
    const db = await connect(databaseUrl);
    const topic = intakeTopicOf(CLIENT);
    const limit = await openLimit('copying', {
      brokers,
      databaseUrl,
      topic,
      count: Math.min(count, READ_BESIDE),
    });
    const write = async (): Promise<void> => {
      for (let written = 0; written < count; written += WRITTEN_AT_ONCE) {
        const messages = events(Math.min(WRITTEN_AT_ONCE, count - written)).map((event, n) => ({
          key: `${n % 1_000}`,
          value: JSON.stringify(event),
        }));
        await producer.send({ topic, acks: -1, messages });
      }
    };
    await recorder.process.stop();
    await write();
    return {
      ours: async () => {
        const end = (await numberOf(db, SIZE)) + count;
        recorder.process.start();
        const measured = await risingTo(db, SIZE, end);
        await recorder.process.stop();
        await write();
        return measured;
      },
      limit: () => limit.round(),
      close: async () => {
        await recorder.close();
        await producer.disconnect();
        await db.end();
        await limit.close();
      },
    };
  },
};
