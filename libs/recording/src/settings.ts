/** What whoever runs the recorder decides. */
export class RecordingSettings {
  constructor(
    /** How many events a client may send in a minute, to one process; 0: as many as it can. */
    readonly eventsPerMinute = 0,
    /** Whether hosted badges, and keys of signed ones, are looked up where they are published. */
    readonly fetchesPublished = true,
  ) {}
}
