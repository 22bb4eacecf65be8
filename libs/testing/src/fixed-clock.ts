import { Clock } from '#kernel';

/** A clock that stands until a test moves it. */
export class FixedClock extends Clock {
  #now: number;

  /** Throws unless `iso` is a time. */
  constructor(iso: string) {
    super();
    this.#now = 0;
    this.set(iso);
  }

  now(): Date {
    return new Date(this.#now);
  }

  set(iso: string): void {
    const now = Date.parse(iso);
    if (Number.isNaN(now)) throw new Error(`not a time: ${iso}`);
    this.#now = now;
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

export const fixedClock = (iso = '2026-01-15T09:30:00.000Z'): FixedClock => new FixedClock(iso);
