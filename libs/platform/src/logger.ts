import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type LogFn, type Logger, type LoggerOptions, pino } from 'pino';
import { placeOf } from '#kernel';

/**
 * What is told of an error: its kind, its code, and where it was thrown. Its message may quote what somebody
 * wrote, and a database's error has the values of the statement beside it.
 */
const withoutWords = (error: unknown): object => {
  const { name, code } = Object(error) as { readonly name?: unknown; readonly code?: unknown };
  return {
    type: typeof name === 'string' ? name : typeof error,
    ...(typeof code === 'string' && { code }),
    at: placeOf(error),
  };
};

/** A request has an address and headers, which may name a person or let somebody in. */
const nothing = (): undefined => undefined;

/** Without a text pino takes the error's, as does who hands that over as the text. */
const withOwnWords = (args: Parameters<LogFn>): Parameters<LogFn> => {
  const [first, text, ...more] = args as unknown[];
  const err = first instanceof Error ? first : (Object(first) as { readonly err?: unknown }).err;
  if (!(err instanceof Error)) return args;
  const details = first instanceof Error ? { err } : first;
  const said = text === undefined || text === err.message ? 'unexpected error' : text;
  return [details, said, ...more] as unknown as Parameters<LogFn>;
};

/**
 * Structured logs, a JSON object a line, to standard output unless said. Ids and codes only: no names, no
 * bodies, no addresses with query strings. What a header holds is never logged, nor what an error says.
 */
export const createLogger = (
  service: string,
  level: string,
  destination?: DestinationStream,
): Logger => {
  const options: LoggerOptions = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: withoutWords, req: nothing, res: nothing },
    hooks: {
      logMethod(args, method) {
        method.apply(this, withOwnWords(args));
      },
    },
  };
  return destination ? pino(options, destination) : pino(options);
};

/** Nest's own messages, and what contexts say by its Logger, through the same logger. */
export const nestLogger = (logger: Logger): LoggerService => {
  const at =
    (level: 'debug' | 'warn' | 'error' | 'fatal') =>
    (message: unknown, ...more: unknown[]): void => {
      const context = more.at(-1);
      if (message instanceof Error) logger[level]({ err: message, context });
      // As pino takes it: ids and codes first, then the text.
      else if (typeof message === 'object' && message !== null)
        logger[level]({ ...message, context }, String(more[0]));
      else logger[level]({ context }, String(message));
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
