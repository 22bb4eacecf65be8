/** Of the event loop. Where nothing else is to be done they take some microseconds. */
const TURNS = 4;

/**
 * Returns when what others send at the same moment has come: that does not come in one turn of the event
 * loop, but in a few.
 */
export const sameMoment = (): Promise<void> =>
  new Promise((resolve) => {
    afterTurns(TURNS, resolve);
  });

const afterTurns = (turns: number, run: () => void): void => {
  if (turns === 0) run();
  else setImmediate(() => afterTurns(turns - 1, run));
};
