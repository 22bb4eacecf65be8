import { describeIf } from './needs.js';

/** The brokers of this test run. Throws if there are none: use it below describeWithKafka. */
export const kafkaBrokers = (): readonly string[] => {
  const brokers = process.env['TEST_KAFKA_BROKERS'];
  if (!brokers) throw new Error('TEST_KAFKA_BROKERS is not set: run the tests with npm test.');
  return brokers.split(',');
};

/** A suite on a real broker. */
export const describeWithKafka = (name: string, suite: () => void): void =>
  describeIf(
    process.env['TEST_KAFKA_BROKERS']
      ? undefined
      : 'There is no Kafka: install Java 17 and Maven, or set KAFKA_BROKERS.',
    name,
    suite,
  );
