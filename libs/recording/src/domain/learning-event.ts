import type { AssuranceLevel, LearningEventData, Verb } from '#contracts';
import { highestOf, type Provider } from './admission.js';
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
const assuranceOf = (highest: AssuranceLevel, verb: Verb): AssuranceLevel =>
  JUDGED.has(verb) || highest === 'self-asserted' ? highest : 'observed';

/**
 * The canonical event (learning-event.schema.json): a report, and what the ledger knows. In:
 * `principal` where the provider corrects for another: then the learning is that one's, as before,
 * and the event names who corrected it.
 */
export const learningEventOf = (
  provider: Provider,
  report: LearningReport,
  known: {
    readonly alias: string;
    readonly receivedAt: string;
    readonly raw: LearningEventData['raw'];
    readonly principal?: Provider | undefined;
  },
): LearningEventData => {
  const { principal } = known;
  const { id, type, country, learningContext } = principal ?? provider;
  const level = assuranceOf(highestOf(provider, principal), report.data.verb);
  const assurance = report.data.assurance ?? { level };
  return {
    ...report.data,
    learner: { id: known.alias },
    provider: report.data.provider ?? defined({ id: `urn:llcl:${id}`, type, country }),
    learningContext: report.data.learningContext ?? learningContext,
    occurredAt: report.times[0] === undefined ? known.receivedAt : inUtc(report.times[0]),
    assurance: principal ? { ...assurance, qualityBody: `urn:llcl:${provider.id}` } : assurance,
    raw: known.raw,
  };
};
