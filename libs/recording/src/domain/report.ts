import type { Fact, LearnerIdentity, LearningEventData } from '#contracts';

/** What a provider may leave out: the ledger knows it from the client's registration. */
type FromRegistration = 'provider' | 'learningContext' | 'assurance';
/** What the ledger fills in itself. */
type FromLedger = 'learner' | 'raw' | 'occurredAt';

/** What somebody says of a learner's learning, before the ledger adds anything. */
export type ReportedData = Omit<LearningEventData, FromRegistration | FromLedger> &
  Partial<Pick<LearningEventData, FromRegistration>>;

interface EventReference {
  readonly source: string;
  readonly id: string;
}

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Moment = number;

interface Reported {
  readonly source: string;
  /** The provider's; absent where it sent none. */
  readonly id?: string;
  /** The moments it said, when it happened first; empty where it said none. */
  readonly times: readonly Moment[];
}

export interface LearningReport extends Reported {
  readonly is: 'learning';
  readonly learner: LearnerIdentity;
  readonly data: ReportedData;
  /** The provider's count of what it said about this; absent where it sent none. */
  readonly revision?: number;
}

export interface VoidReport extends Reported {
  readonly is: 'void';
  readonly target: EventReference;
  readonly reason: Fact<'learning-event-voided'>['data']['reason'];
}

export type Report = LearningReport | VoidReport;

/** Calendars of databases begin with year 1. */
const EARLIEST = Date.parse('0001-01-01T00:00:00Z');

/** The moment of an RFC 3339 time; undefined for a time that no calendar has. */
export const momentOf = (time: string): Moment | undefined => {
  const moment = Date.parse(time);
  return moment >= EARLIEST ? moment : undefined;
};

/** As RFC 3339 writes it, in UTC. */
export const inUtc = (moment: Moment): string => new Date(moment).toISOString();
