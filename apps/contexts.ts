import { accumulation } from '#accumulation';
import { credentials } from '#credentials';
import { identity } from '#identity';
import type { Context } from '#log';
import type { Config } from '#platform';
import { recognition } from '#recognition';
import { RecordingSettings, recordingWith } from '#recording';
import { transfer } from '#transfer';
import {
  parseVerifierKeys,
  parseWitnesses,
  transparency,
  type TransparencySettings,
} from '#transparency';
import { verification } from '#verification';
import { wallet } from '#wallet';
import { web } from '#web';

/** Every service shows its own log and has it cosigned. */
const ownLog = (config: Config): TransparencySettings => ({
  checkpointsDir: config.checkpointsDir,
  witnesses: setting('WITNESSES', () => parseWitnesses(config.witnesses)),
  ...(config.logOrigin === undefined ? {} : { origin: config.logOrigin }),
});

/** One of them is a witness for the logs of others, too, and keeps the meta-log over all. */
const logsOfAll = (config: Config): TransparencySettings => ({
  ...ownLog(config),
  witnessedLogs: setting('WITNESSED_LOGS', () => parseVerifierKeys(config.witnessedLogs)),
  isWitnessOfMlDsa: config.witnessMlDsa,
  meta: {
    ...(config.apiUrl === undefined
      ? { logs: [], url: '' }
      : { logs: ['recorder', 'issuer'], url: config.apiUrl }),
    ...(config.metaLogOrigin === undefined ? {} : { origin: config.metaLogOrigin }),
  },
});

const setting = <T>(name: string, parse: () => T): T => {
  try {
    return parse();
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : 'not right'}`, {
      cause: error,
    });
  }
};

const exchangeOnly = ({ demo, apiUrl }: Config): readonly Context[] => [
  identity({ demo }),
  wallet,
  verification,
  recognition,
  transfer,
  web(apiUrl === undefined ? { demo } : { demo, apiUrl }),
];

const recordingOf = ({ eventsPerMinute, fetchesPublished }: Config): Context =>
  recordingWith(new RecordingSettings(eventsPerMinute, fetchesPublished));

/** What people and institutions talk to. */
export const exchangeContexts = (config: Config): readonly Context[] => [
  ...exchangeOnly(config),
  transparency(logsOfAll(config)),
];

/** What turns learning into credentials. */
export const issuerContexts = (config: Config): readonly Context[] => [
  accumulation,
  credentials,
  transparency(ownLog(config)),
];

export const recorderContexts = (config: Config): readonly Context[] => [
  recordingOf(config),
  transparency(ownLog(config)),
];

export const everyContext = (config: Config): readonly Context[] => [
  recordingOf(config),
  accumulation,
  credentials,
  ...exchangeContexts(config),
];
