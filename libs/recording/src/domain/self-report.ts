import type { SelfReport } from '#contracts';
import type { Provider } from './admission.js';
import { defined } from './defined.js';
import type { LearningReport } from './report.js';

const SELF_SOURCE = 'urn:llcl:self:ledger';

/** Learners as providers of their own learning: they vouch for it themselves, and no further. */
export const SELF: Provider = {
  id: 'self',
  type: 'self',
  sources: [SELF_SOURCE],
  learningContext: 'informal',
  highestAssurance: 'self-asserted',
};

/** ISO 8601. Whole hours stay hours; parts of them are said in seconds. */
const durationOf = (hours: number): string =>
  Number.isInteger(hours) ? `PT${hours}H` : `PT${Math.max(1, Math.round(hours * 3_600))}S`;

/** What a learner reports, as an event. Nobody else has a name for the activity: it gets one. */
export const selfReported = (
  { title, description, occurredOn, hours, evidence }: SelfReport,
  known: { readonly homeAlias: string; readonly activityId: string; readonly id?: string },
): LearningReport => ({
  is: 'learning',
  source: SELF_SOURCE,
  ...defined({ id: known.id }),
  times: [Date.parse(occurredOn)],
  learner: { alias: known.homeAlias },
  data: defined({
    provider: { id: 'urn:learning-ledger:self', type: 'self' } as const,
    // Nobody asked in which language it is: "und" (BCP 47) says so.
    activity: defined({
      id: known.activityId,
      type: 'other',
      name: { und: title },
      description: description === undefined ? undefined : { und: description },
    }),
    verb: 'completed' as const,
    result: hours === undefined ? undefined : { duration: durationOf(hours) },
    evidence: evidence.length > 0 ? evidence : undefined,
  }),
});
