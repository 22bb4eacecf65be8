import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';

const WAIT_MS = 20_000;
const POLL_MS = 100;

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** The public API, as any program of a provider would use it. */
export class ApiClient {
  constructor(readonly url: string) {}

  async request(
    method: string,
    path: string,
    options: {
      readonly authorization?: string | undefined;
      readonly body?: unknown;
      readonly type?: string;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(options.authorization ? { authorization: options.authorization } : {}),
        ...(options.body === undefined
          ? {}
          : { 'content-type': options.type ?? 'application/json' }),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    return { status: response.status, text: await response.text() };
  }

  /** The parsed answer. Throws with the problem's text unless the status is one of `expected`. */
  async call<T>(
    schema: z.ZodType<T>,
    method: string,
    path: string,
    options: Parameters<ApiClient['request']>[2] & { readonly expected?: readonly number[] } = {},
  ): Promise<T> {
    const { status, text } = await this.request(method, path, options);
    const expected = options.expected ?? [200, 201];
    if (!expected.includes(status))
      throw new Error(`${method} ${path} answered ${status}: ${text}`);
    return schema.parse(text === '' ? undefined : JSON.parse(text));
  }

  /** Asks until the answer is there: what one context says reaches another a moment later. */
  async until<T>(ask: () => Promise<T>, isThere: (answer: T) => boolean): Promise<T> {
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
      const answer = await ask();
      if (isThere(answer)) return answer;
      if (Date.now() > deadline) throw new Error('waited too long for the ledger to catch up');
      await sleep(POLL_MS);
    }
  }
}
