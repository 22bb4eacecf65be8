import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fastify from 'fastify';
import type { Logger as Pino } from 'pino';
import { createLogger, nestLogger } from './logger.js';

let lines: string[];
let logger: Pino;
const said = (): object[] => lines.map((line) => JSON.parse(line) as object);

beforeEach(() => {
  lines = [];
  logger = createLogger('recorder', 'debug', { write: (line) => lines.push(line) });
  Logger.overrideLogger(nestLogger(logger));
});
afterEach(() => Logger.overrideLogger(false));

/** As a database's driver throws it. */
const refusal = () =>
  Object.assign(new RangeError('Key (mail)=(amina@uni.example) already exists.'), {
    code: '23505',
    detail: 'Key (mail)=(amina@uni.example) already exists.',
    parameters: ['amina@uni.example'],
    driverError: { where: 'amina@uni.example' },
  });

describe('what is logged of an error', () => {
  it('is its kind, its code and where it was thrown, and nothing that somebody wrote', () => {
    logger.error({ err: refusal() }, 'unexpected error');
    logger.warn(refusal());
    logger.warn({ err: refusal() });
    logger.child({ requestId: 'r-1' }).error({ err: refusal() }, 'unexpected error');
    new Logger('imports').error({ err: refusal() }, 'an import stopped');
    new Logger('imports').error(refusal());
    expect(said()).toMatchObject([
      { msg: 'unexpected error', level: 50 },
      { msg: 'unexpected error', level: 40 },
      { msg: 'unexpected error', level: 40 },
      { msg: 'unexpected error', requestId: 'r-1' },
      { msg: 'an import stopped', context: 'imports' },
      { msg: 'unexpected error', context: 'imports' },
    ]);
    for (const line of said())
      expect(line).toMatchObject({
        service: 'recorder',
        err: {
          type: 'RangeError',
          code: '23505',
          at: expect.arrayContaining([expect.stringContaining('logger.spec')]),
        },
      });
    expect(lines.join('')).not.toContain('amina');
  });

  it('is no more where a request is what failed', async () => {
    const server = fastify({ loggerInstance: logger });
    server.get('/', (request) => {
      request.log.error({ err: refusal() }, 'unexpected error');
      throw refusal();
    });
    await server.inject({ url: '/?learner=amina', headers: { authorization: 'Bearer amina' } });
    await server.close();
    expect(said()).toContainEqual(
      expect.objectContaining({ err: expect.objectContaining({ code: '23505' }) }),
    );
    expect(lines.join('')).not.toContain('amina');
  });

  it('is little where somebody threw something else', () => {
    logger.error({ err: 'amina@uni.example' }, 'unexpected error');
    logger.error({ err: null }, 'unexpected error');
    expect(said()).toMatchObject([
      { err: { type: 'string', at: [] } },
      { err: { type: 'object', at: [] } },
    ]);
    expect(lines.join('')).not.toContain('amina');
  });
});

describe("what is said by Nest's logger", () => {
  it('may be a text, or ids and codes and a text', () => {
    const nest = new Logger('deliveries');
    nest.warn('the meta-log has nothing new');
    nest.error({ code: 'internal-error', rows: 7 }, 'notes were lost');
    nest.log('Nest application successfully started');
    expect(said()).toMatchObject([
      { level: 40, context: 'deliveries', msg: 'the meta-log has nothing new' },
      { level: 50, context: 'deliveries', msg: 'notes were lost', code: 'internal-error', rows: 7 },
      { level: 20, context: 'deliveries', msg: 'Nest application successfully started' },
    ]);
  });
});
