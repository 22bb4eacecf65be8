import type { LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';

/**
 * Structured logs, a JSON object a line. Ids and codes only: no names, no bodies, no addresses with
 * query strings. What a header holds is never logged.
 */
export const createLogger = (service: string, level: string): Logger =>
  pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { req: undefined as never, res: undefined as never },
  });

/** Nest's own messages, through the same logger. */
export const nestLogger = (logger: Logger): LoggerService => {
  const at =
    (level: 'debug' | 'warn' | 'error' | 'fatal') =>
    (message: unknown, ...details: unknown[]): void => {
      logger[level]({ context: details.at(-1) }, String(message));
    };
  return {
    log: at('debug'),
    debug: at('debug'),
    verbose: at('debug'),
    warn: at('warn'),
    error: at('error'),
    fatal: at('fatal'),
  };
};
