import { accumulation } from '#accumulation';
import { credentials } from '#credentials';
import { identity } from '#identity';
import type { Context } from '#log';
import type { Config } from '#platform';
import { recognition } from '#recognition';
import { recording } from '#recording';
import { transfer } from '#transfer';
import { verification } from '#verification';
import { wallet } from '#wallet';
import { web } from '#web';

/** What people and institutions talk to. */
export const exchangeContexts = ({ demo, apiUrl }: Config): readonly Context[] => [
  identity({ demo }),
  wallet,
  verification,
  recognition,
  transfer,
  web(apiUrl === undefined ? { demo } : { demo, apiUrl }),
];

/** What turns learning into credentials. */
export const issuerContexts: readonly Context[] = [accumulation, credentials];

export const recorderContexts: readonly Context[] = [recording];

export const everyContext = (config: Config): readonly Context[] => [
  ...recorderContexts,
  ...issuerContexts,
  ...exchangeContexts(config),
];
