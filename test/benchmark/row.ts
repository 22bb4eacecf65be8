/** One line of the table: a path of ours, and beside it what the machine could do at best. */
export interface Row {
  /** Its name in the table and after `--only`. */
  readonly row: string;
  readonly unit: string;
  /** Smallest ratio of `rate` to `limit` that is good enough. */
  readonly must: number;
  /** A time, not a rate: the ratio is then that of `limit` to `rate`. */
  readonly isLessBetter?: boolean;
  prepare(bench: Bench): Promise<Prepared>;
}

/** What a row may ask for; everything it opens is closed after it. */
export interface Bench {
  /** Fewer and shorter rounds, for a first look. */
  readonly isQuick: boolean;
  /** A folder of this run, removed after it. */
  readonly folder: string;
  /** The URL of a new, empty database on the durable PostgreSQL of this run. */
  database(): Promise<string>;
  /** Bootstrap servers of the Kafka of this row. */
  brokers(): Promise<readonly string[]>;
  /** Says what is going on, on one line. */
  progress(text: string): void;
}

/** Both are called in turn, a round each; the medians go into the table. */
export interface Prepared {
  ours(): Promise<Measured>;
  limit(): Promise<Measured>;
  close(): Promise<void>;
}

export interface Measured {
  /** In the row's unit. */
  readonly rate: number;
  /**
   * Of the machine's CPU time in this round, the part the load generator used; 0 where what is sent
   * is made beforehand, in the measured process.
   */
  readonly loadGeneratorCpuShare: number;
}
