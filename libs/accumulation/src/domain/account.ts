import type { CreditAccount, Fact, Posting } from '#contracts';
import { plus, rational, type Rational, toNumber, ZERO } from './rational.js';

/** A posting as it was stated. */
export interface Posted {
  readonly postingId: string;
  readonly time: string;
  readonly posting: Fact<'credit-posted'>['personal'];
}

export interface Reversed {
  readonly postingId: string;
  readonly reverses: string;
  readonly time: string;
}

/**
 * A learner's account: all postings, newest first, and a balance per institution and credit system
 * that is their exact sum. A reversal is a posting of its own with the opposite value; one whose
 * posting is not there (erased, or still to come) says nothing.
 *
 * In: postings and reversals in any order, and the names of institutions by id.
 */
export const accountOf = (
  posted: readonly Posted[],
  reversed: readonly Reversed[],
  names: ReadonlyMap<string, string>,
): CreditAccount => {
  const partyOf = (id: string) => ({ id, name: names.get(id) ?? id });
  const credited = posted.map(({ postingId, time, posting }): Posting => {
    const { kind, credit, title, institution } = posting;
    return { id: postingId, time, kind, credit, title, institution: partyOf(institution) };
  });
  const byId = new Map(credited.map((each) => [each.id, each]));
  const debited = reversed.flatMap(({ postingId, reverses, time }): Posting[] => {
    const original = byId.get(reverses);
    if (!original) return [];
    const { system, value } = original.credit;
    const credit = { system, value: -value };
    return [{ ...original, id: postingId, time, kind: 'reversed', credit, reverses }];
  });
  const postings = [...credited, ...debited].toSorted(newestFirst);
  return { balances: balancesOf(postings), postings };
};

const newestFirst = (a: Posting, b: Posting): number =>
  Date.parse(b.time) - Date.parse(a.time) || (a.id < b.id ? -1 : 1);

const balancesOf = (postings: readonly Posting[]): CreditAccount['balances'] => {
  const sums = new Map<string, { sum: Rational; of: Posting }>();
  for (const posting of postings) {
    const key = JSON.stringify([posting.institution.id, posting.credit.system]);
    const { sum } = sums.get(key) ?? { sum: ZERO };
    sums.set(key, { sum: plus(sum, rational(posting.credit.value) ?? ZERO), of: posting });
  }
  return [...sums.values()]
    .map(({ sum, of: { institution, credit } }) => ({
      institution,
      system: credit.system,
      value: toNumber(sum),
    }))
    .toSorted(
      (a, b) =>
        a.institution.name.localeCompare(b.institution.name, 'en') ||
        (a.institution.id < b.institution.id ? -1 : Number(a.institution.id > b.institution.id)) ||
        (a.system < b.system ? -1 : 1),
    );
};
