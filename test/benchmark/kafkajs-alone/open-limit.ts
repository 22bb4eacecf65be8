import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Measured } from '../row.js';
import type { Given, Limit } from './limit.js';
import type { LimitName } from './main.js';

/**
 * A limit in a process of its own: what we put in the place of parts of kafkajs would make it faster
 * in ours.
 */
export const openLimit = async (name: LimitName, given: Given): Promise<Limit> => {
  const child = fork(new URL('./main.js', import.meta.url), [name, JSON.stringify(given)]);
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => undefined);
  child.once('exit', (code) => ended.reject(new Error(`the limit "${name}" ended (${code})`)));
  const answer = async (): Promise<unknown> => {
    const [said] = (await Promise.race([once(child, 'message'), ended.promise])) as unknown[];
    return said;
  };
  await answer();
  return {
    round: () => {
      child.send('round');
      return answer() as Promise<Measured>;
    },
    close: async () => {
      child.removeAllListeners('exit');
      const exit = once(child, 'exit');
      child.send('close');
      await exit;
    },
  };
};
