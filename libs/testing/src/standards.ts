import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from '@jest/globals';

const folder = resolve(process.env['STANDARDS_DIR'] ?? '../shared/standards');

/** The path of a file of the official test data. */
export const standardsPath = (path: string): string => join(folder, path);
export const standards = (path: string): string => readFileSync(standardsPath(path), 'utf8');

const describeIf = (name: string, missing: string | undefined, run: () => void): void => {
  if (missing === undefined) {
    describe(name, run);
    return;
  }
  describe(name, () => {
    if (process.env['CI'] === 'true')
      it('has what it needs', () => {
        throw new Error(missing);
      });
    else {
      process.stderr.write(`skipped: ${name}: ${missing}\n`);
      it.skip(missing, () => undefined);
    }
  });
};

/** Tests on official data: skipped with a reason where it is missing, a failure in CI. */
export const describeWithStandards = (name: string, run: () => void): void =>
  describeIf(
    name,
    existsSync(folder) ? undefined : `there is no official test data at STANDARDS_DIR (${folder})`,
    run,
  );

/** Tests on Kafka, likewise. */
export const describeWithKafka = (name: string, run: () => void): void =>
  describeIf(
    name,
    process.env['TEST_KAFKA_BROKERS'] ? undefined : 'there is no Kafka (see above)',
    run,
  );

export const kafkaBrokers = (): readonly string[] =>
  (process.env['TEST_KAFKA_BROKERS'] ?? '').split(',').filter(Boolean);
