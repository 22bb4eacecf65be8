import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { Api, type ApiRequest, type ApiResponse, headersOf } from './api.js';

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
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    const response = await fastify.inject({
      method: request.method,
      url: request.path,
      headers: headersOf(request),
      ...(request.body === undefined ? {} : { payload: JSON.stringify(request.body) }),
    });
    const headers = Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
    );
    return { status: response.statusCode, headers, text: response.payload };
  }
}
