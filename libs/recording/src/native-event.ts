import { DomainError, type Issue } from '#kernel';
import type { LearnerIdentity } from '#contracts';
import { canonicalJson as jcs } from '#merkle';
import { canonicalOf, sha256, type Submission } from './content.js';
import { defined } from './domain/defined.js';
import {
  type Moment,
  momentOf,
  type Report,
  type ReportedData,
  type VoidReport,
} from './domain/report.js';
import { intakeSchema, VOIDED_TYPE, verbOfType } from './intake-schema.js';
import { compile } from './json-schema.js';

/** One event in canonical form (RFC 8785), in bytes. Evidence goes by reference. */
export const EVENT_BYTES_MAX = 32 * 1024;

const check = compile(intakeSchema);

/** An event that has passed the intake schema. */
interface NativeEvent {
  readonly id?: string;
  readonly source: string;
  readonly type: string;
  readonly time?: string;
  readonly revision?: number;
  readonly data: object;
}
type NativeData = ReportedData & {
  readonly learner: LearnerIdentity;
  readonly occurredAt?: string;
};

const invalid = (...issues: readonly Issue[]): DomainError =>
  new DomainError('invalid-input', undefined, issues);

/**
 * An event as POST /v1/events takes it, checked for its form. In: any JSON value.
 * Throws DomainError `invalid-input` with pointers into the event, or `too-large`.
 */
export const readNativeEvent = (value: unknown): Submission => {
  const canonical = canonicalOf(value);
  if ('detail' in canonical) throw invalid({ pointer: '#', detail: canonical.detail });
  if (Buffer.byteLength(canonical.text) > EVENT_BYTES_MAX)
    throw new DomainError('too-large', `An event may have ${EVENT_BYTES_MAX} bytes.`);
  const issues = check(value);
  if (issues.length > 0) throw invalid(...issues);

  const event = value as NativeEvent;
  return {
    ...(event.type === VOIDED_TYPE ? readVoid(event) : readLearning(event)),
    raw: { format: 'native', sha256: sha256(canonical.text) },
    idStyle: 'hash',
  };
};

type Read = Pick<Submission, 'content' | 'happenedAt'> & { readonly report: Report };

const readLearning = (event: NativeEvent): Read => {
  const { learner, occurredAt, ...data } = event.data as NativeData;
  if (data.verb !== verbOfType(event.type))
    throw invalid({ pointer: '#/data/verb', detail: 'Must be the verb that "type" names.' });
  const happened = occurredAt === undefined ? [] : [moment(occurredAt, '#/data/occurredAt')];
  const times = [...happened, ...timeOf(event)];
  checkCorrection(event, data);
  const { revision } = event;
  return {
    report: {
      is: 'learning',
      source: event.source,
      ...defined({ id: event.id }),
      times,
      learner,
      data,
      ...defined({ revision }),
    },
    // Not the learner: the HMAC's key is theirs. Not the envelope's time: the same event may be
    // sent again with another or without it.
    content: jcs({ ...data, revision: revision === 1 ? undefined : revision }),
    happenedAt: happened[0],
  };
};

const checkCorrection = (event: NativeEvent, { supersedes }: ReportedData): void => {
  if (!supersedes) return;
  if (supersedes.source === event.source && supersedes.id === event.id)
    throw invalid({ pointer: '#/data/supersedes', detail: 'An event cannot correct itself.' });
  if (event.revision === 1)
    throw invalid({ pointer: '#/revision', detail: 'A correction is revision 2 or later.' });
};

const readVoid = (event: NativeEvent): Read => {
  const { target, reason } = event.data as Pick<VoidReport, 'target' | 'reason'>;
  return {
    report: {
      is: 'void',
      source: event.source,
      ...defined({ id: event.id }),
      times: timeOf(event),
      target,
      reason,
    },
    content: jcs({ target, reason }),
  };
};

const timeOf = ({ time }: NativeEvent): readonly Moment[] =>
  time === undefined ? [] : [moment(time, '#/time')];

const moment = (time: string, pointer: string): Moment => {
  const found = momentOf(time);
  if (found === undefined) throw invalid({ pointer, detail: 'No calendar has this time.' });
  return found;
};
