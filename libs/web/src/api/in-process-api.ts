import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { Api, type ApiRequest, type ApiResponse, headersOf, type OpenedResponse } from './api.js';

/**
 * The API of the process that serves the pages: the same routes, guards and answers, without the
 * way over the network.
 */
@Injectable()
export class InProcessApi extends Api {
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {
    super();
  }

  async request(request: ApiRequest): Promise<ApiResponse> {
    const response = await this.#fastify.inject(injectOf(request));
    const headers = Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
    );
    return { status: response.statusCode, headers, text: response.payload };
  }

  async open(request: ApiRequest): Promise<OpenedResponse> {
    const response = await this.#fastify.inject({ ...injectOf(request), payloadAsStream: true });
    return { status: response.statusCode, body: response.stream() };
  }

  get #fastify(): FastifyInstance {
    return this.host.httpAdapter.getInstance<FastifyInstance>();
  }
}

const injectOf = (request: ApiRequest): InjectOptions => ({
  method: request.method,
  url: request.path,
  headers: headersOf(request),
  ...(request.body === undefined ? {} : { payload: JSON.stringify(request.body) }),
  ...(request.stream === undefined ? {} : { payload: request.stream }),
});
