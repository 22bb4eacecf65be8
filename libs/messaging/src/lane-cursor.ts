/** So often it is asked for records that were left out, before it is believed that they are gone. */
const DETOURS_MAX = 5;

/**
 * Where a lane is to be read on, compared with where the client reads on. A client may begin
 * anywhere after an assignment, go back, or leave records out; what is taken in twice does no harm,
 * what is left out would.
 */
export class LaneCursor {
  #next: number | undefined;
  #isSettled = false;
  #detours = 0;
  #turn = 0;

  /** False until it is known where the lane was left. */
  get isPlaced(): boolean {
    return this.#next !== undefined;
  }

  /** The lane is read on from here: what the database says, or where it is sent to. */
  place(offset: number): void {
    this.#next = offset;
    this.#turn += 1;
  }

  /** The place in the database is another than was thought: it has to be asked for again. */
  unplace(): void {
    this.#next = undefined;
    this.#isSettled = false;
    this.#turn += 1;
  }

  /** Another one after the lane was sent elsewhere: what was in hand then says nothing any more. */
  get turn(): number {
    return this.#turn;
  }

  /**
   * In: the offset of the first record of a batch. Out: from where to read instead; undefined if the
   * batch can be taken in. Records that were asked for in vain are gone: deleted by time, or markers
   * of transactions, which no reader gets.
   */
  detour(first: number): number | undefined {
    const next = this.#next ?? 0;
    const isSettled = this.#isSettled;
    this.#isSettled = true;
    // Once only: an offset beyond the end leads to the beginning again.
    if (first < next) return isSettled ? undefined : next;
    if (first === next || this.#detours >= DETOURS_MAX) return undefined;
    this.#detours += 1;
    return next;
  }

  /** Everything up to this offset was taken in. */
  passed(offset: number): void {
    this.#next = offset + 1;
    this.#detours = 0;
  }
}
