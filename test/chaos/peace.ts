import { setTimeout as sleep } from 'node:timers/promises';
import { checkDerived, readLogs } from './checks.js';
import { HttpClient } from './http-client.js';
import type { Violations } from './invariants/recorded.js';
import type { RunOptions, Scene } from './scene.js';
import type { Sent } from './workload.js';

/** So long it is looked whether what has not come through in time was late, or is lost. */
const LATE_MS_MAX = 300_000;
const REPEATED_MAX = 20_000;
const REPEATED_AT_ONCE = 200;
const REPEAT_TRIES_MAX = 100;
const REPEAT_AGAIN_MS = 200;
/** Some of them are corrections, of which it is looked up whether they are known. */
const NEW_AND_AGAIN = 5;

/**
 * The end of a run, after the last fault: clients get their answers, everything is sent again, and what
 * follows from it comes through. In: the clients' work, and how long at most (ms) the answers may take
 * after the last fault, and what follows after the last event: it may have piled up, and what is sent again is
 * load, too. Out: what is not as it should be, and after how many seconds all was over.
 */
export const comeToRest = async (
  scene: Scene,
  loading: Promise<unknown>,
  drainMs: number,
  { progress, isVerbose }: Pick<RunOptions, 'progress' | 'isVerbose'>,
): Promise<{ readonly violations: Violations; readonly drainSeconds: number }> => {
  const since = performance.now();
  if (!(await within(loading, since + drainMs))) {
    const violations = scene.clients.flatMap(({ waiting }, n) =>
      waiting > 0 ? [`client ${n} waits for ${waiting} acknowledgements still`] : [],
    );
    return { violations, drainSeconds: secondsSince(since) };
  }
  progress('everybody has an answer; all is sent again');
  const unanswered = [...(await repeatAll(scene)), ...(await goOn(scene))];
  progress('what follows from it comes through');
  const underived = await untilDerived(scene, performance.now() + drainMs);
  const drainSeconds = secondsSince(since);
  if (underived.length > 0 && isVerbose) progress(await whetherLate(scene, since));
  return { violations: [...unanswered, ...underived], drainSeconds };
};

/** Whether it is done before it is too late. */
const within = async (work: Promise<unknown>, deadline: number): Promise<boolean> => {
  const settled = new AbortController();
  const late = sleep(deadline - performance.now(), false, { signal: settled.signal });
  try {
    return await Promise.race([work.then(() => true), late.catch(() => false)]);
  } finally {
    settled.abort();
  }
};

/** (1) What is sent again is answered as before: the journal compares. */
const repeatAll = async ({ shared, clients, system: { urls } }: Scene): Promise<Violations> => {
  const client = clients.find((each) => each instanceof HttpClient);
  if (!client) return [];
  const all = [...shared.sent.values()].slice(-REPEATED_MAX);
  let unanswered = 0;
  for (let from = 0; from < all.length; from += REPEATED_AT_ONCE) {
    const chunk = all.slice(from, from + REPEATED_AT_ONCE);
    unanswered += (await sendUntilSettled(client, chunk, urls)).length;
  }
  return unanswered > 0 ? [`${unanswered} repeated events got no answer`] : [];
};

/**
 * (1) Each process takes what is new after a repeat, which rolls back a transaction: what has lost count
 * then would have to start again before it goes on.
 */
const goOn = async ({ clients, system: { urls } }: Scene): Promise<Violations> => {
  const client = clients.find((each) => each instanceof HttpClient);
  if (!client) return [];
  for (const url of urls)
    for (let n = 0; n < NEW_AND_AGAIN; n += 1) {
      const event = client.next(1);
      for (const sent of [event, event])
        if ((await sendUntilSettled(client, sent, [url])).length > 0)
          return ['a process takes nothing new after a repeat'];
    }
  return [];
};

/** Tries one process after the other. Out: what none has answered after all tries. */
const sendUntilSettled = async (
  client: HttpClient,
  events: readonly Sent[],
  urls: readonly string[],
): Promise<readonly Sent[]> => {
  let rest = events;
  for (let tries = 0; rest.length > 0 && tries < REPEAT_TRIES_MAX; tries += 1) {
    rest = await client.send(rest, urls[tries % urls.length] ?? '');
    if (rest.length > 0) await sleep(REPEAT_AGAIN_MS);
  }
  return rest;
};

/** (9) Looks again until everything that was recorded has come through, or it is too late. */
const untilDerived = async ({ witness, system }: Scene, deadline: number): Promise<string[]> => {
  for (;;) {
    let violations: Violations;
    try {
      violations = await checkDerived(witness, await readLogs(system));
    } catch (error) {
      violations = [`the state cannot be read: ${String(error)}`];
    }
    if (violations.length === 0 || performance.now() > deadline) return [...violations];
    await sleep(1_000);
  }
};

const secondsSince = (then: number): number => Math.round((performance.now() - then) / 100) / 10;

const whetherLate = async (scene: Scene, peaceAt: number): Promise<string> => {
  const lost = await untilDerived(scene, performance.now() + LATE_MS_MAX);
  const after = `${secondsSince(peaceAt)} s after the last fault`;
  return lost.length === 0
    ? `it was late: all had come through ${after}`
    : `it was not late: ${lost.length} things are still not right ${after}`;
};
