import { join, resolve } from 'node:path';
import { startKafka } from './start-kafka.js';

const folder = resolve(process.env['DATA_DIR'] || 'data', 'kafka');
const port = Number(process.env['KAFKA_PORT'] || 9092);

process.stdout.write('Starting Kafka (the first time, Maven fetches it) …\n');
try {
  const kafka = await startKafka({ folder, port });
  process.stdout.write(
    `Kafka is at ${kafka.broker}. Its data and its log are in ${folder}.\n` +
      `Start the services with KAFKA_BROKERS=${kafka.broker}. Stop Kafka with Ctrl+C.\n`,
  );
  let isAsked = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      isAsked = true;
      void kafka.stop();
    });
  await kafka.ended;
  if (!isAsked) throw new Error(`It has ended by itself; ${join(folder, 'server.log')} says why.`);
} catch (error) {
  process.stderr.write(`Kafka: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
