import type { Readable } from 'node:stream';
import type { z } from 'zod';
import { DomainError } from '#kernel';
import { ProblemDetails } from '#contracts';
import type { Api, ApiRequest, ApiResponse } from './api.js';

type Options = Pick<ApiRequest, 'accept' | 'contentType' | 'idempotencyKey' | 'stream' | 'length'>;

/**
 * Calls of the API in one visitor's name: what comes back is parsed with the published schema, and
 * a problem is thrown as the DomainError that it was on the other side, with its pointers.
 */
export class Calls {
  constructor(
    private readonly api: Api,
    private readonly requestId: string,
    private readonly token?: string,
  ) {}

  async get<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return schema.parse(JSON.parse((await this.send('GET', path)).text));
  }

  async post<T>(path: string, body: unknown, schema: z.ZodType<T>, options?: Options): Promise<T> {
    return schema.parse(JSON.parse((await this.send('POST', path, body, options)).text));
  }

  /** An answer to hand on as it comes. Throws as send does. */
  async open(path: string): Promise<Readable> {
    const response = await this.api.open({
      method: 'GET',
      path,
      requestId: this.requestId,
      ...(this.token === undefined ? {} : { token: this.token }),
    });
    if (response.status < 400) return response.body;
    response.body.resume();
    throw new DomainError(BY_STATUS[response.status] ?? 'internal-error');
  }

  /** Throws DomainError with the problem's code unless the answer is a success. */
  async send(
    method: ApiRequest['method'],
    path: string,
    body?: unknown,
    options: Options = {},
  ): Promise<ApiResponse> {
    const response = await this.api.request({
      ...options,
      method,
      path,
      body,
      requestId: this.requestId,
      ...(this.token === undefined ? {} : { token: this.token }),
    });
    if (response.status >= 400) throw problemIn(response);
    return response;
  }
}

const BY_STATUS: Readonly<Record<number, string>> = {
  401: 'not-signed-in',
  403: 'not-allowed',
  404: 'not-found',
  413: 'too-large',
  429: 'rate-limited',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
};

const problemIn = ({ status, text }: ApiResponse): DomainError => {
  try {
    const { code, detail, errors } = ProblemDetails.parse(JSON.parse(text));
    return new DomainError(code, detail, errors);
  } catch {
    // Something between us and the API answered in its own words.
    return new DomainError(BY_STATUS[status] ?? 'internal-error');
  }
};
