import type { AssuranceLevel, LearningEventData, Verb } from '#contracts';
import type { Provider } from './admission.js';
import { defined } from './defined.js';
import { inUtc, type LearningReport } from './report.js';

/** What somebody judged. The other verbs only say what was seen. */
const JUDGED: ReadonlySet<Verb> = new Set([
  'assessed',
  'completed',
  'passed',
  'failed',
  'awarded',
  'recognised',
  'competency-asserted',
]);

/**
 * What a provider vouches for where it does not say: for a judgement as much as it is registered
 * for, for what was merely seen at most that it was observed.
 */
const assuranceOf = ({ highestAssurance }: Provider, verb: Verb): AssuranceLevel =>
  JUDGED.has(verb) || highestAssurance === 'self-asserted' ? highestAssurance : 'observed';

/** The canonical event (learning-event.schema.json): a report, and what the ledger knows. */
export const learningEventOf = (
  provider: Provider,
  report: LearningReport,
  known: {
    readonly alias: string;
    readonly receivedAt: string;
    readonly raw: LearningEventData['raw'];
  },
): LearningEventData => ({
  ...report.data,
  learner: { id: known.alias },
  provider:
    report.data.provider ??
    defined({ id: `urn:llcl:${provider.id}`, type: provider.type, country: provider.country }),
  learningContext: report.data.learningContext ?? provider.learningContext,
  occurredAt: report.times[0] === undefined ? known.receivedAt : inUtc(report.times[0]),
  assurance: report.data.assurance ?? { level: assuranceOf(provider, report.data.verb) },
  raw: known.raw,
});
