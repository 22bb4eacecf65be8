import type { AssuranceLevel, LearningEventData, Verb } from '#contracts';
import type { Learning } from '../domain/learning.js';

let count = 0;

export interface Sample {
  readonly id?: string;
  readonly eventId?: string;
  readonly seq?: number;
  readonly provider?: string;
  readonly source?: string;
  readonly activity?: string;
  readonly verb?: Verb;
  readonly time?: string;
  readonly assurance?: AssuranceLevel;
  readonly workloadHours?: number | undefined;
  readonly result?: LearningEventData['result'] | undefined;
  readonly supersedes?: string | undefined;
  /** Where it corrects an event of another source than its own. */
  readonly supersedesSource?: string | undefined;
}

/** Noon of a day in spring. */
export const noon = (day: number): string => new Date(Date.UTC(2026, 2, 1 + day, 12)).toISOString();

/** An opened learning event: a pass, assessed, unless said otherwise. */
export const learning = (sample: Sample = {}): Learning => {
  count += 1;
  const { provider = 'uni', source = `urn:llcl:${provider}:lms`, eventId = `e${count}` } = sample;
  return {
    id: sample.id ?? `evt_${String(count).padStart(6, '0')}`,
    seq: sample.seq ?? count,
    time: sample.time ?? noon(0),
    provider,
    source,
    eventId,
    data: {
      activity: {
        id: sample.activity ?? 'https://uni.example/courses/x',
        type: 'course',
        ...(sample.workloadHours === undefined ? {} : { workloadHours: sample.workloadHours }),
      },
      verb: sample.verb ?? 'passed',
      assurance: { level: sample.assurance ?? 'assessed' },
      ...(sample.result ? { result: sample.result } : {}),
      ...(sample.supersedes === undefined
        ? {}
        : {
            supersedes: {
              source: sample.supersedesSource ?? source,
              id: sample.supersedes,
              reason: 'correction',
            },
          }),
    },
  };
};
