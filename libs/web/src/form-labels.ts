import { CRITERIA } from '#contracts';
import type { TextKey, Texts } from './texts.js';

/** What the fields of each form are called: names of fields, to the texts beside them. */
type Labels = (t: Texts) => Readonly<Record<string, string>>;

const labelled =
  (keys: Readonly<Record<string, TextKey>>): Labels =>
  (t) =>
    Object.fromEntries(Object.entries(keys).map(([field, key]) => [field, t.text(key)]));

export const claimLabels = labelled({ code: 'claim.code' });
export const mergeLabels = labelled({ code: 'merge.code' });
export const reportLabels = labelled({
  title: 'selfReport.what',
  description: 'selfReport.more',
  occurredOn: 'selfReport.day',
  hours: 'selfReport.hours',
  'evidence.0.uri': 'selfReport.evidence',
});
export const profileLabels = labelled({
  givenName: 'profile.given',
  familyName: 'profile.family',
  birthDate: 'profile.birth',
});
export const shareLabels = labelled({
  credentialIds: 'shares.what',
  until: 'shares.until',
  untilDay: 'shares.day',
});
export const recognitionLabels = labelled({
  institution: 'recognition.institution',
  credentialIds: 'recognition.what',
  purpose: 'recognition.purpose',
});
export const eventLabels = labelled({
  learner: 'provider.account',
  title: 'provider.activity',
  verb: 'provider.happened',
  day: 'provider.day',
  hours: 'provider.hours',
  activity: 'provider.counts',
});
export const claimCodeLabels = labelled({ account: 'provider.account' });
export const revokeLabels = labelled({ reason: 'revoke.reason' });

const decisionParts = {
  finding: 'decide.finding',
  statement: 'decide.statement',
  evidence: 'decide.evidence',
  relevance: 'decide.relevance',
} as const;

export const decisionLabels: Labels = (t) => ({
  ...labelled({
    outcome: 'decide.decision',
    'credit.value': 'decide.credit',
    'credit.system': 'decide.system',
    reasons: 'decide.reasons',
    findings: 'decide.outcome',
  })(t),
  ...Object.fromEntries(
    CRITERIA.flatMap((criterion) => {
      const name = t.text(`criterion.${criterion}`);
      const parts = Object.entries(decisionParts).map(([part, key]) => [
        `findings.${criterion}.${part}`,
        t.text('decide.part', { criterion: name, part: t.text(key) }),
      ]);
      return [[`findings.${criterion}`, name], ...parts];
    }),
  ),
});
