/** What messaging needs of a logger; pino's fits. Details are ids and codes, never content. */
export interface MessagingLogger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}
