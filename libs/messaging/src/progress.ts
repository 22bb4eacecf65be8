/** How a projection is doing. */
export interface ProjectionStatus {
  readonly name: string;
  /** Messages known to wait for it; undefined until it is known. */
  readonly lag: number | undefined;
  /** Since when it has been failing, and the code of its last error. */
  readonly stalledSince?: Date;
  readonly lastError?: string;
  /** Partitions in which something is missing before the next message. */
  readonly gaps?: readonly string[];
  /** How often this process began a topic again, as it was deleted and made anew. */
  readonly topicsAnew: number;
}

interface State {
  lags: Map<string, number>;
  gaps: Set<string>;
  topicsAnew: number;
  stalledSince?: Date | undefined;
  lastError?: string | undefined;
}

/** What each projection reports of itself, for health and metrics. */
export class Progress {
  readonly #states: ReadonlyMap<string, State>;

  constructor(projections: readonly string[]) {
    this.#states = new Map(
      projections.map((name) => [
        name,
        { lags: new Map<string, number>(), gaps: new Set<string>(), topicsAnew: 0 },
      ]),
    );
  }

  /** True when this begins a stall, so that the log says so once. */
  stalled(projection: string, code: string): boolean {
    const state = this.#of(projection);
    const begins = state.stalledSince === undefined || state.lastError !== code;
    state.stalledSince ??= new Date();
    state.lastError = code;
    return begins;
  }

  /** True when this ends a stall. */
  advanced(projection: string): boolean {
    const state = this.#of(projection);
    const ends = state.stalledSince !== undefined;
    state.stalledSince = undefined;
    state.lastError = undefined;
    return ends;
  }

  waiting(projection: string, lane: string, messages: number): void {
    this.#of(projection).lags.set(lane, messages);
  }

  /** Notes whether something is missing in a lane. True when that is new. */
  gap(projection: string, lane: string, isMissing: boolean): boolean {
    const { gaps } = this.#of(projection);
    const isNew = isMissing && !gaps.has(lane);
    if (isMissing) gaps.add(lane);
    else gaps.delete(lane);
    return isNew;
  }

  /** Notes that topics are read from their beginning, as they are others than before. */
  beganAnew(projection: string, topics: number): void {
    this.#of(projection).topicsAnew += topics;
  }

  all(): readonly ProjectionStatus[] {
    return [...this.#states].map(([name, { lags, gaps, topicsAnew, stalledSince, lastError }]) => ({
      name,
      topicsAnew,
      lag: lags.size === 0 ? undefined : [...lags.values()].reduce((sum, lag) => sum + lag, 0),
      ...(stalledSince && { stalledSince }),
      ...(lastError !== undefined && { lastError }),
      ...(gaps.size > 0 && { gaps: [...gaps] }),
    }));
  }

  #of(projection: string): State {
    const state = this.#states.get(projection);
    if (!state) throw new Error(`${projection} is not a projection of this service`);
    return state;
  }
}
