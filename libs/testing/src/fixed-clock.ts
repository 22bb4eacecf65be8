import { Clock } from '#kernel';

/** A clock that stands still until the test moves it. */
export class FixedClock extends Clock {
  #now: Date;
  constructor(iso: string) {
    super();
    this.#now = new Date(iso);
  }

  now(): Date {
    return this.#now;
  }

  set(iso: string): void {
    this.#now = new Date(iso);
  }
}
export const fixedClock = (iso: string): FixedClock => new FixedClock(iso);
