import { readFileSync } from 'node:fs';

/**
 * Loaded before a process' own code (--import): its clock runs beside the machine's by as many
 * milliseconds as the file named by CLOCK_OFFSET_FILE says, looked at again all the time. A clock
 * that jumps under a process is thus a file that is written.
 */
const LOOK_MS = 50;
const file = process.env['CLOCK_OFFSET_FILE'];
const Original = Date;
let offset = 0;

const look = (): void => {
  try {
    offset = Number(readFileSync(file ?? '', 'utf8')) || 0;
  } catch {
    offset = 0;
  }
};

class ShiftedDate extends Original {
  constructor(...given: readonly unknown[]) {
    // As the original: without arguments it is now.
    if (given.length === 0) super(Original.now() + offset);
    else super(...(given as [number]));
  }

  static override now(): number {
    return Original.now() + offset;
  }
}

if (file !== undefined) {
  look();
  setInterval(look, LOOK_MS).unref();
  globalThis.Date = ShiftedDate as DateConstructor;
}
