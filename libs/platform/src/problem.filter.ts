import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RateLimitError } from '#kernel';
import { toProblem } from './to-problem.js';

export const RETRY_AFTER_SECONDS = 5;

/** Renders every error as problem details; what is a bug is logged with its stack. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = { ...toProblem(error), requestId: request.id };
    if (problem.status === 500) request.log.error({ err: error }, 'unexpected error');
    if (error instanceof RateLimitError) void reply.header('retry-after', error.retryAfterSeconds);
    else if (problem.status === 503 || problem.status === 429)
      void reply.header('retry-after', RETRY_AFTER_SECONDS);
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
    void reply
      .status(problem.status)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .send(JSON.stringify(problem));
  }
}
