import { join } from 'node:path';
import { startKafka, whyNoKafka } from './start-kafka.js';

const PORT = 9092;
const reason = whyNoKafka();
if (reason !== undefined) {
  process.stderr.write(`Kafka cannot start: ${reason}.\n`);
  process.exit(1);
}
const folder = join(process.env['DATA_DIR'] ?? 'data', 'kafka');
const port = Number(process.env['KAFKA_PORT'] ?? PORT);
process.stdout.write('Starting Kafka (the first time, Maven fetches it) …\n');
const kafka = await startKafka({ folder, port });
process.stdout.write(
  `Kafka is at ${kafka.broker}; its data is in ${folder}.\n` +
    `Start the services with KAFKA_BROKERS=${kafka.broker}. Stop with Ctrl+C.\n`,
);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void kafka.stop().then(() => process.exit(0)));
void kafka.ended.then(() => process.exit(0));
