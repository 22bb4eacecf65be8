import autocannon from 'autocannon';
import { availableParallelism } from 'node:os';
import type { Measured } from './row.js';

export const CONNECTIONS = 16;

/** Where a body goes and how; `check` says whether an answer is what it should be. */
export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Each is sent once. */
  readonly bodies: readonly string[];
  readonly check: (body: string) => boolean;
}

/**
 * Posts every body over 16 connections, one request at a time on each. Out: the rate in `each`
 * events a body, and the part of the machine's CPU time that this process used.
 * Throws if one is not answered as it should be.
 */
export const postAll = ({ url, headers, bodies, check }: Load, each = 1): Promise<Measured> => {
  let next = 0;
  const request = {
    method: 'POST' as const,
    headers: { ...headers },
    setupRequest: (one: autocannon.Request) => ({ ...one, body: bodies[next++] ?? '' }),
  };
  return sendAll(url, request, bodies.length, each, check);
};

/** Gets every path of a server, in the same way. */
export const getAll = (
  url: string,
  headers: Readonly<Record<string, string>>,
  paths: readonly string[],
  check: (body: string) => boolean,
): Promise<Measured> => {
  let next = 0;
  const request = {
    method: 'GET' as const,
    headers: { ...headers },
    setupRequest: (one: autocannon.Request) => ({ ...one, path: paths[next++] ?? '' }),
  };
  return sendAll(url, request, paths.length, 1, check);
};

const sendAll = async (
  url: string,
  request: autocannon.Request,
  amount: number,
  each: number,
  check: (body: string) => boolean,
): Promise<Measured> => {
  let [wrong, sample] = [0, ''];
  const [since, cpu] = [performance.now(), process.cpuUsage()];
  // autocannon itself looks at the clock once a second.
  let until = since;
  const onResponse = (status: number, body: string): void => {
    until = performance.now();
    if (status === 200 && check(body)) return;
    wrong += 1;
    sample = `${status} ${body.slice(0, 300)}`;
  };
  const { non2xx, errors } = await autocannon({
    url,
    connections: CONNECTIONS,
    amount,
    requests: [{ ...request, onResponse }],
  });
  if (wrong + errors + non2xx > 0)
    throw new Error(`${wrong} answers are wrong, ${errors} failed: ${sample}`);
  const { user, system } = process.cpuUsage(cpu);
  return {
    rate: (amount * each * 1_000) / (until - since),
    loadGeneratorCpuShare: (user + system) / 1_000 / ((until - since) * availableParallelism()),
  };
};
