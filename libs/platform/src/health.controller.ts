import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Requires } from '#access';
import { RETRY_AFTER_SECONDS } from './problem.filter.js';

/** What a process depends on, by name: whether it is there, or a word that says what is wrong. */
export interface Readiness {
  check(): Promise<Readonly<Record<string, boolean | string>>>;
}
export const READINESS = Symbol('readiness');

/** Live: the process answers. Ready: all it depends on answers too. */
@ApiExcludeController()
@Controller('health')
@Requires('read-public')
export class HealthController {
  constructor(@Inject(READINESS) private readonly readiness: Readiness) {}

  @Get('live')
  live(): { status: string } {
    return { status: 'live' };
  }

  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const parts = await this.readiness.check();
    const isReady = Object.values(parts).every((part) => part === true);
    if (!isReady) void reply.status(503).header('retry-after', RETRY_AFTER_SECONDS);
    return { status: isReady ? 'ready' : 'not-ready', parts };
  }
}
