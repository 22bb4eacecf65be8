import { accumulation } from '#accumulation';
import { credentials } from '#credentials';
import { identity } from '#identity';
import type { Context } from '#log';
import type { Config } from '#platform';
import { recognition } from '#recognition';
import { recording } from '#recording';
import { transfer } from '#transfer';
import { transparency } from '#transparency';
import { verification } from '#verification';
import { wallet } from '#wallet';
import { web } from '#web';

/** Every service shows its own log. */
const ownLog = ({ checkpointsDir, logOrigin }: Config): Context =>
  transparency({ checkpointsDir, ...(logOrigin === undefined ? {} : { origin: logOrigin }) });

const exchangeOnly = ({ demo, apiUrl }: Config): readonly Context[] => [
  identity({ demo }),
  wallet,
  verification,
  recognition,
  transfer,
  web(apiUrl === undefined ? { demo } : { demo, apiUrl }),
];

/** What people and institutions talk to. */
export const exchangeContexts = (config: Config): readonly Context[] => [
  ...exchangeOnly(config),
  ownLog(config),
];

/** What turns learning into credentials. */
export const issuerContexts = (config: Config): readonly Context[] => [
  accumulation,
  credentials,
  ownLog(config),
];

export const recorderContexts = (config: Config): readonly Context[] => [recording, ownLog(config)];

export const everyContext = (config: Config): readonly Context[] => [
  recording,
  accumulation,
  credentials,
  ...exchangeContexts(config),
];
