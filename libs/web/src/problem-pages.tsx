import multipart from '@fastify/multipart';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ProblemDetails } from '#contracts';
import { ProblemPage, problemWords } from './pages/problem-page.js';
import { PAGE_HEADERS, renderPage } from './render.js';
import { english, Texts } from './texts.js';
import { WebSettings } from './visit.js';

/** What somebody can send to be checked: a credential is a few kilobytes. */
const UPLOAD_BYTES_MAX = 1024 * 1024;
const PROBLEM = 'application/problem+json';

/**
 * Shows problems to people as pages. Every problem, from wherever it comes (a page, an endpoint,
 * an address that does not exist), leaves the process as problem details; on the way out it is
 * written as a page for whoever asked for HTML.
 */
@Injectable()
export class ProblemPages implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly settings: WebSettings,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    void fastify.register(multipart, {
      limits: { fileSize: UPLOAD_BYTES_MAX, fieldSize: UPLOAD_BYTES_MAX, files: 1, fields: 5 },
    });
    fastify.addHook('onSend', (request, reply, payload, done) =>
      done(null, this.#asPage(request, reply, payload)),
    );
  }

  #asPage(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
    const isProblem = String(reply.getHeader('content-type')).startsWith(PROBLEM);
    const wantsPage = request.headers.accept?.includes('text/html') === true;
    if (!isProblem || !wantsPage || typeof payload !== 'string') return payload;
    const problem = ProblemDetails.safeParse(JSON.parse(payload));
    if (!problem.success) return payload;
    const texts = new Texts(english);
    const [title] = problemWords(problem.data, texts);
    void reply.removeHeader('content-length').removeHeader('www-authenticate');
    void reply.headers({ ...PAGE_HEADERS, 'cache-control': 'no-store' });
    return renderPage(texts, {
      title,
      demo: this.settings.demo,
      children: <ProblemPage problem={problem.data} />,
    });
  }
}
