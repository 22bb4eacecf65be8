import autocannon from 'autocannon';
import { availableParallelism } from 'node:os';
import type { Measured } from './row.js';

export const CONNECTIONS = 16;

/** Where a body goes and how; `check` says whether an answer is what it should be. */
export interface Load {
  /** Of each process; they divide the connections among them. */
  readonly urls: readonly string[];
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
export const postAll = async (load: Load, each = 1): Promise<Measured> => {
  const { urls, bodies } = load;
  const [since, cpu] = [performance.now(), process.cpuUsage()];
  const share = Math.ceil(bodies.length / urls.length);
  const ends = await Promise.all(
    urls.map((url, n) => postTo(url, load, bodies.slice(n * share, (n + 1) * share))),
  );
  // autocannon itself looks at the clock once a second.
  const ms = Math.max(...ends) - since;
  const { user, system } = process.cpuUsage(cpu);
  return {
    rate: (bodies.length * each * 1_000) / ms,
    loadGeneratorCpuShare: (user + system) / 1_000 / (ms * availableParallelism()),
  };
};

/** Out: when the last answer came. */
const postTo = async (
  url: string,
  { urls, headers, check }: Load,
  bodies: readonly string[],
): Promise<number> => {
  let next = 0;
  let [wrong, sample, until] = [0, '', 0];
  const { non2xx, errors } = await autocannon({
    url,
    connections: CONNECTIONS / urls.length,
    amount: bodies.length,
    requests: [
      {
        method: 'POST',
        headers: { ...headers },
        setupRequest: (request) => ({ ...request, body: bodies[next++] ?? '' }),
        onResponse: (status, body) => {
          until = performance.now();
          if (status === 200 && check(body)) return;
          wrong += 1;
          sample = `${status} ${body.slice(0, 300)}`;
        },
      },
    ],
  });
  if (wrong + errors + non2xx > 0)
    throw new Error(`${wrong} answers are wrong, ${errors} failed: ${sample}`);
  return until;
};
