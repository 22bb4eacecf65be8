import type { Credit, Outcome } from '#contracts';
import type { Institution, LearningOpportunity, Report } from './transcript.js';

/** An achievement as its credential states it. */
export interface CertifiedAchievement {
  readonly credentialId: string;
  readonly title: string;
  readonly description: string;
  readonly language?: string | undefined;
  /** `achievementType` of Open Badges 3.0. */
  readonly type?: string | undefined;
  /** A URL. */
  readonly achievementId?: string | undefined;
  readonly iscedF?: string | undefined;
  readonly credit?: Credit | undefined;
  readonly eqfLevel?: number | undefined;
  readonly workloadHours?: number | undefined;
  readonly learningOutcomes: readonly string[];
  /** When it was earned. */
  readonly date: string;
}

/** A decision that recognised something, with the credential that certifies the decision. */
export interface CertifiedRecognition {
  readonly credentialId: string;
  readonly caseId: string;
  readonly outcome: Outcome;
  readonly titles: readonly string[];
  readonly credit?: Credit | undefined;
  readonly decidedAt: string;
}

/**
 * ELMO has no word for workload (`engagementHours` are hours of attendance) nor for learning
 * outcomes, and who recognises this asks for both: they stand in the description.
 */
export const achievementOpportunity = (achievement: CertifiedAchievement): LearningOpportunity => {
  const { description, learningOutcomes, workloadHours, achievementId } = achievement;
  const outcomes = learningOutcomes.map((outcome) => `– ${outcome}`);
  return {
    identifiers: achievementId === undefined ? [] : [{ type: 'local', value: achievementId }],
    instanceIdentifiers: [{ type: 'credential', value: achievement.credentialId }],
    title: achievement.title,
    description: [description, ...outcomes].join('\n'),
    note: workloadHours === undefined ? undefined : `Workload: ${workloadHours} hours.`,
    language: achievement.language,
    // The one type of ours that ELMO shares; a wrong one would mislead.
    type: achievement.type === 'Course' ? 'Course' : undefined,
    iscedCode: achievement.iscedF,
    url: achievementId,
    date: achievement.date,
    credit: achievement.credit,
    eqfLevel: achievement.eqfLevel,
  };
};

/**
 * ELMO 1.7 has no element for a decision (2.0 has, in `resultOfRecognition`), so what was recognised
 * is a learning opportunity in the report of the institution that recognised it, with the credit it
 * gave. It says that the credit stands for learning certified elsewhere, as a reader who adds up
 * both reports would count it twice. A refusal is no achievement: it is left out (undefined).
 */
export const recognitionOpportunity = (
  recognition: CertifiedRecognition,
): LearningOpportunity | undefined => {
  const { caseId, credentialId, outcome, titles, credit, decidedAt } = recognition;
  if (outcome === 'Negative') return undefined;
  const extent = outcome === 'Positive' ? 'Recognised' : 'Recognised in part';
  return {
    identifiers: [{ type: 'local', value: caseId }],
    instanceIdentifiers: [{ type: 'credential', value: credentialId }],
    title: titles.join('; ') || 'Recognised learning',
    note:
      `${extent} by decision of ${decidedAt.slice(0, 'YYYY-MM-DD'.length)}. ` +
      'The learning was certified elsewhere; do not add this credit to the credit given there.',
    date: decidedAt,
    credit,
  };
};

/** A report for each institution, and in it everything by date. The order is always the same. */
export const reportsOf = (
  items: readonly { readonly institution: string; readonly opportunity: LearningOpportunity }[],
  institutions: ReadonlyMap<string, Institution>,
): readonly Report[] =>
  [...institutions]
    .toSorted(([one], [other]) => compare(one, other))
    .map(([id, issuer]) => ({
      issuer,
      opportunities: items
        .filter(({ institution }) => institution === id)
        .map(({ opportunity }) => opportunity)
        .toSorted((one, other) => compare(keyOf(one), keyOf(other))),
    }))
    .filter(({ opportunities }) => opportunities.length > 0);

const keyOf = ({ date, instanceIdentifiers }: LearningOpportunity): string =>
  `${date}|${instanceIdentifiers[0]?.value ?? ''}`;

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
