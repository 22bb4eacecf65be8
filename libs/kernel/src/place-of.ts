const FRAMES_MAX = 8;

/** Where an error was thrown: frames alone, as its message may quote what somebody wrote. */
export const placeOf = (error: unknown): readonly string[] =>
  (error instanceof Error ? (error.stack ?? '') : '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, FRAMES_MAX)
    .map((line) => line.trim());
