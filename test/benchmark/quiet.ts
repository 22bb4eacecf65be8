/** A logger for what runs inside the bench: what goes wrong ends a row anyway. */
export const quiet = {
  debug: (): void => undefined,
  info: (): void => undefined,
  warn: (): void => undefined,
  error: (): void => undefined,
};
