import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '#kernel';
import { problemOf } from '#contracts';

const codeOf = (error: unknown): string => {
  if (error instanceof DomainError) return error.code;
  return error instanceof HttpException && error.getStatus() === 404
    ? 'not-found'
    : 'internal-error';
};

/** Answers errors as the platform does: problem details with the id of the request. */
@Catch()
export class ProblemDetailsFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const { id } = http.getRequest<FastifyRequest>();
    const problem = { ...problemOf(codeOf(error)), requestId: id };
    void http
      .getResponse<FastifyReply>()
      .status(problem.status)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .send(JSON.stringify(problem));
  }
}
