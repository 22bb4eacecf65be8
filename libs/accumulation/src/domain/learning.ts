import { type AssuranceLevel, isAssuredAtLeast, type LearningEventData } from '#contracts';
import {
  compare,
  dividedBy,
  minus,
  plus,
  rational,
  type Rational,
  times,
  ZERO,
} from './rational.js';

/** A recorded learning event, opened. */
export interface Learning {
  /** Ours: `evt_…`. */
  readonly id: string;
  /** Place in the log of its recorder: the order of recording, whatever the order of delivery. */
  readonly seq: number;
  /** When it happened (RFC 3339, UTC). */
  readonly time: string;
  /**
   * When it was recorded (RFC 3339, UTC); of what counts, when the first of its chain was: a
   * correction says what was true from the start.
   */
  readonly recordedAt?: string | undefined;
  readonly provider?: string | undefined;
  /** The alias of the learner. */
  readonly alias?: string | undefined;
  readonly source: string;
  readonly eventId: string;
  /** The provider's count, where it sent one; of what counts, its place in the chain, from 1. */
  readonly revision?: number | undefined;
  readonly data: Pick<
    LearningEventData,
    'activity' | 'verb' | 'assurance' | 'result' | 'supersedes'
  >;
}

/**
 * The order of business: when it happened, then the revision, then the place in the log; the id
 * decides between equals of two logs, so that the order is total.
 */
export const byBusiness = (a: Learning, b: Learning): number =>
  Date.parse(a.time) - Date.parse(b.time) ||
  (a.revision ?? 1) - (b.revision ?? 1) ||
  a.seq - b.seq ||
  (a.id < b.id ? -1 : Number(a.id > b.id));

/** A provisional result can still change: nothing is certified on it. */
const isFinal = ({ data: { result } }: Learning): boolean =>
  result?.status === undefined || result.status === 'final';

/** Passed: said so, or completed or assessed with success. A contradicting `success` is no pass. */
const isPass = ({ data: { verb, result } }: Learning): boolean =>
  verb === 'passed'
    ? result?.success !== false
    : (verb === 'completed' || verb === 'assessed') && result?.success === true;

const isCompletion = ({ data: { verb, result } }: Learning): boolean => {
  if (verb === 'failed' || verb === 'withdrew') return false;
  return (verb === 'completed' && result?.completion !== false) || result?.completion === true;
};

export const hasPassed = (learning: Learning): boolean => isFinal(learning) && isPass(learning);

/** Completed, or passed: who passed has done it. */
export const hasCompleted = (learning: Learning): boolean =>
  isFinal(learning) && (isCompletion(learning) || isPass(learning));

/** Whether its time was spent learning: taking part counts, enrolling and failing do not. */
export const hasSpentTime = (learning: Learning): boolean =>
  hasCompleted(learning) || (isFinal(learning) && learning.data.verb === 'participated');

export const isAssured =
  (least: AssuranceLevel) =>
  (learning: Learning): boolean =>
    isAssuredAtLeast(learning.data.assurance.level, least);

/**
 * The score as a fraction of the maximum: `scaled`, else (raw - min) / (max - min) with 0 as the
 * minimum unless one is given. Undefined where that cannot be told.
 */
export const scoreOf = ({ data }: Learning): Rational | undefined => {
  const { scaled, raw, min = 0, max } = data.result?.score ?? {};
  if (scaled !== undefined) return rational(scaled);
  if (raw === undefined || max === undefined) return undefined;
  const [lowest, value, highest] = [rational(min), rational(raw), rational(max)];
  if (!lowest || !value || !highest || compare(highest, lowest) <= 0) return undefined;
  return dividedBy(minus(value, lowest), minus(highest, lowest));
};

const DURATION =
  /^P(?=.)(?:([\d.]+)W)?(?:([\d.]+)D)?(?:T(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?$/u;
const UNITS: readonly Rational[] = [
  { n: 168n, d: 1n },
  { n: 24n, d: 1n },
  { n: 1n, d: 1n },
  { n: 1n, d: 60n },
  { n: 1n, d: 3600n },
];

/**
 * An ISO 8601 duration in hours. Undefined for years and months: they have no fixed length, and
 * "three months" says nothing about the hours spent.
 */
const durationHours = (duration: string): Rational | undefined => {
  const parts = DURATION.exec(duration)?.slice(1);
  if (parts?.every((part) => part === undefined) !== false) return undefined;
  let hours = ZERO;
  for (const [index, unit] of UNITS.entries()) {
    const value = rational(parts[index] ?? 0);
    if (!value) return undefined;
    hours = plus(hours, times(value, unit));
  }
  return hours;
};

/** Hours of an event: its duration, else the workload of its activity, else none. */
export const hoursOf = ({ data }: Learning): Rational => {
  const duration = data.result?.duration;
  const spent = duration === undefined ? undefined : durationHours(duration);
  return spent ?? rational(data.activity.workloadHours ?? 0) ?? ZERO;
};
