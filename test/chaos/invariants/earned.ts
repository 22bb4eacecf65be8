import { achievements, PASS, type Said, type Sent } from '../workload.js';
import type { Entry } from './ledger.js';
import type { Violations } from './recorded.js';

/** Something that an entry says and that is sealed in it. */
export interface Opened {
  readonly entry: Entry;
  readonly personal: Readonly<Record<string, unknown>> | undefined;
}

type Learning = Extract<Said, { is: 'learning' }>;
const key = (source: string, id: string): string => `${source} ${id}`;

/**
 * What counts of what was sent, by learner: of each chain of corrections the last that nobody took
 * back. Written anew from the rules in plain words; none of the ledger's code is asked.
 */
export const whatCounts = (sent: Iterable<Sent>): ReadonlyMap<string, readonly Learning[]> => {
  const all = [...sent];
  const voided = new Set(
    all.flatMap(({ source, says }) => (says.is === 'void' ? [key(source, says.target)] : [])),
  );
  const learnings = new Map<string, { readonly says: Learning; readonly source: string }>();
  const corrected = new Map<string, string>();
  for (const { source, id, says } of all) {
    if (says.is !== 'learning') continue;
    learnings.set(key(source, id), { says, source });
    if (says.supersedes !== undefined) corrected.set(key(source, says.supersedes), key(source, id));
  }
  const counting = [...learnings]
    .filter(([, { says }]) => says.supersedes === undefined)
    .flatMap(([root]) => {
      let last: Learning | undefined;
      for (let at: string | undefined = root; at !== undefined; at = corrected.get(at))
        if (!voided.has(at)) last = learnings.get(at)?.says;
      return last ?? [];
    });
  return Map.groupBy(counting, ({ learner }) => learner);
};

/** Which of our achievements somebody holds, given what counts. */
export const holdingsOf = (counting: readonly Learning[]): ReadonlySet<string> => {
  const passed = new Set(
    counting.filter(({ score }) => score >= PASS).map(({ activity }) => activity),
  );
  const held = achievements.filter(({ rule }) =>
    'passed' in rule
      ? passed.has(rule.passed)
      : (rule.activities ?? []).filter((each) => passed.has(each)).length >= (rule.nOf ?? 0),
  );
  return new Set(held.map(({ id }) => id));
};

/** A learner has one alias, and an alias is one learner's. */
export const aliasesOf = (
  sent: ReadonlyMap<string, Sent>,
  entries: readonly Entry[],
): { readonly byLearner: ReadonlyMap<string, string>; readonly violations: Violations } => {
  const byLearner = new Map<string, string>();
  const violations: string[] = [];
  for (const { kind, alias, data } of entries) {
    const says = sent.get(key(String(data['eventSource']), String(data['eventId'])))?.says;
    if (kind !== 'learning-event' || says?.is !== 'learning' || alias === undefined) continue;
    const known = byLearner.get(says.learner);
    if (known === undefined) byLearner.set(says.learner, alias);
    else if (known !== alias) violations.push(`${says.learner} has two aliases`);
  }
  if (new Set(byLearner.values()).size !== byLearner.size)
    violations.push('two learners have one alias');
  return { byLearner, violations };
};

interface Earned {
  readonly earnedId: string;
  readonly achievement: string;
  readonly evidence: readonly string[];
}

const earnedOf = ({ entry, personal }: Opened): Earned | undefined =>
  personal && {
    earnedId: String(entry.data['earnedId']),
    achievement: String((personal['definition'] as { id?: unknown } | undefined)?.id),
    evidence: (personal['evidence'] ?? []) as readonly string[],
  };

/** (6) What was stated and not withdrawn is what everybody holds by what counts; and on entries. */
export const checkEarned = (
  opened: readonly Opened[],
  byLearner: ReadonlyMap<string, string>,
  counting: ReadonlyMap<string, readonly Learning[]>,
): Violations => {
  const violations: string[] = [];
  const events = new Set(
    opened.filter(({ entry }) => entry.kind === 'learning-event').map(({ entry }) => entry.id),
  );
  const held = new Map<string, Map<string, string>>();
  for (const one of opened) {
    const { kind, alias = '', data } = one.entry;
    const holdings = held.get(alias) ?? new Map<string, string>();
    held.set(alias, holdings);
    if (kind === 'achievement-withdrawn') holdings.delete(String(data['earnedId']));
    if (kind !== 'achievement-earned') continue;
    const earned = earnedOf(one);
    if (!earned) violations.push('an achievement cannot be opened');
    else {
      holdings.set(earned.earnedId, earned.achievement);
      const missing = earned.evidence.find((id) => !events.has(id));
      if (missing !== undefined)
        violations.push(`${earned.earnedId} rests on ${missing}, which is not in the log`);
    }
  }
  for (const [learner, alias] of byLearner) {
    const expected = [...holdingsOf(counting.get(learner) ?? [])].toSorted();
    const stated = [...(held.get(alias)?.values() ?? [])].toSorted();
    if (expected.join() !== stated.join())
      violations.push(`${learner} holds [${stated.join()}] and should hold [${expected.join()}]`);
  }
  return violations;
};

/** (6) A credential for each achievement earned, once; revoked where it was withdrawn. */
export const checkCredentials = (entries: readonly Entry[]): Violations => {
  const of = (kind: string, field: string): readonly string[] =>
    entries.filter((entry) => entry.kind === kind).map(({ data }) => String(data[field]));
  const [earned, withdrawn] = ['achievement-earned', 'achievement-withdrawn'].map((kind) =>
    of(kind, 'earnedId'),
  ) as [readonly string[], readonly string[]];
  const issued = entries.filter(({ kind }) => kind === 'credential-issued');
  const basisOf = new Map(
    issued.map(({ data }) => [String(data['credentialId']), String(data['basis'])]),
  );
  const bases = issued.map(({ data }) => String(data['basis']));
  const revoked = of('credential-revoked', 'credentialId').map(
    (id) => basisOf.get(id) ?? `? ${id}`,
  );
  return [
    ...twice('was issued for', bases),
    ...twice('was earned as', earned),
    ...twice('was revoked for', revoked),
    ...differences('a credential', bases, earned),
    ...differences('a revocation', revoked, withdrawn),
  ];
};

const twice = (what: string, list: readonly string[]): Violations => {
  const seen = new Set<string>();
  return list.flatMap((each) => {
    if (seen.has(each)) return [`something ${what} ${each} more than once`];
    seen.add(each);
    return [];
  });
};

/** What is in one list only. */
export const differences = (
  what: string,
  there: readonly string[],
  expected: readonly string[],
): Violations => {
  const [has, should] = [new Set(there), new Set(expected)];
  return [
    ...[...should].filter((each) => !has.has(each)).map((each) => `${what} for ${each} is missing`),
    ...[...has]
      .filter((each) => !should.has(each))
      .map((each) => `${what} for ${each} is too much`),
  ];
};
