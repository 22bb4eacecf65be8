import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import request from 'supertest';
import { accessTokenKey, type Actor, signAccessToken } from '#access';
import { FileKeyRing } from '#vault';

const CATCH_UP_MS = 30_000;

/** Somebody who talks to the ledger over HTTP. */
export class Person {
  constructor(
    readonly url: string,
    readonly authorization: string,
  ) {}

  async send(
    method: 'get' | 'post' | 'put' | 'delete',
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) {
    const agent = request(this.url);
    const call = agent[method](path).set({
      ...(this.authorization ? { authorization: this.authorization } : {}),
      ...headers,
    });
    return body === undefined ? call : call.send(body as object);
  }

  /** The body of an answer that must have this status. */
  async must<T = any>(status: number, ...call: Parameters<Person['send']>): Promise<T> {
    const response = await this.send(...call);
    expect({
      call: call.slice(0, 2),
      status: response.status,
      text: response.status === status ? '' : response.text,
    }).toEqual({
      call: call.slice(0, 2),
      status,
      text: '',
    });
    return response.body as T;
  }

  /** Asks again until the answer is as expected, whatever its status. */
  async until(path: string, isSo: (answer: { readonly status: number }) => boolean) {
    const deadline = Date.now() + CATCH_UP_MS;
    for (;;) {
      const answer = await this.send('get', path);
      if (isSo(answer)) return answer;
      if (Date.now() > deadline)
        throw new Error(`never became so: ${path} ${answer.status} ${answer.text.slice(0, 500)}`);
      await sleep(100);
    }
  }

  /** Asks again until `isThere`: what one service says reaches another a moment later. */
  async eventually<T = any>(path: string, isThere: (body: T) => boolean): Promise<T> {
    const deadline = Date.now() + CATCH_UP_MS;
    for (;;) {
      const response = await this.send('get', path);
      if (response.status === 200 && isThere(response.body as T)) return response.body as T;
      if (Date.now() > deadline)
        throw new Error(
          `never caught up: ${path} ${response.status} ${response.text.slice(0, 2000)}`,
        );
      await sleep(100);
    }
  }
}

/** Tokens as identity would sign them, for people whom the test invents. */
export const tokenFor = async (
  keysDir: string,
  publicUrl: string,
  actor: Actor,
): Promise<string> => {
  const key = accessTokenKey(new FileKeyRing(keysDir).secret('access-tokens'));
  return `Bearer ${await signAccessToken(key, publicUrl, actor)}`;
};
