/** What an installation says about its logs. */
export interface TransparencySettings {
  /** A folder outside the database; each log has one of its own in it. */
  readonly checkpointsDir: string;
  /** What this service's log is called in its checkpoints; by default its address. */
  readonly origin?: string;
}
export const SETTINGS = Symbol('transparency settings');
