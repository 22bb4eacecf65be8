import { correctedBy } from '#contracts';
import type { Learning } from './learning.js';

/** A provider took back what it had said. */
export interface Voiding {
  readonly provider?: string | undefined;
  readonly target: { readonly source: string; readonly id: string };
}

const keyOf = (source: string, id: string): string => JSON.stringify([source, id]);

/** In the order of recording, which is the same however the events were delivered. */
const bySeq = (a: Learning, b: Learning): number =>
  a.seq - b.seq || (a.id < b.id ? -1 : Number(a.id > b.id));

/**
 * What counts: of each chain of corrections the latest revision that was not voided. Only the
 * provider that stated an event can void or supersede it, or who corrects for it, in its name. A chain is linear: of two events that
 * supersede the same one the earlier recorded counts, unless it was voided. A void or a correction
 * that arrives before its target waits for it; a circle of corrections says nothing.
 *
 * Who corrects for a provider says nothing new: what it sends counts only with what it corrects, and
 * for the same account.
 *
 * In: the events and voids of a learner in any order. Out: those that count, in no order, each with
 * its revision: one more than what it corrects, whatever was sent; of the first of a chain what was
 * sent, else 1. `recordedAt` is that of the first recorded of the chain.
 */
export const currentRevisions = <L extends Learning>(
  events: readonly L[],
  voids: readonly Voiding[],
): readonly L[] => {
  const byKey = new Map(events.map((event) => [keyOf(event.source, event.eventId), event]));
  const voided = new Set<string>();
  for (const { provider, target } of voids) {
    const key = keyOf(target.source, target.id);
    if (byKey.get(key)?.provider === provider) voided.add(key);
  }

  const roots: L[] = [];
  const corrections = new Map<L, L[]>();
  for (const event of byKey.values()) {
    const { supersedes } = event.data;
    const target = supersedes && byKey.get(keyOf(supersedes.source, supersedes.id));
    if (target?.provider !== event.provider || !target) roots.push(event);
    else corrections.set(target, [...(corrections.get(target) ?? []), event]);
  }

  const isVoid = (event: L): boolean => voided.has(keyOf(event.source, event.eventId));
  return roots.flatMap((root) => latest(root, corrections, isVoid) ?? []);
};

/** The first living event in post-order: corrections before what they correct. */
const latest = <L extends Learning>(
  root: L,
  corrections: ReadonlyMap<L, readonly L[]>,
  isVoid: (event: L) => boolean,
): L | undefined => {
  // A stack of our own: a provider may send a chain that is longer than the call stack.
  const stack = [
    { event: root, revision: root.revision ?? 1, isFounded: !isForAnother(root), visited: false },
  ];
  let found: { readonly event: L; readonly revision: number } | undefined;
  let { recordedAt } = root;
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { event, revision, isFounded, visited } = top;
    if (visited) {
      if (!found && isFounded && !isVoid(event)) found = { event, revision };
      continue;
    }
    recordedAt = earlier(recordedAt, event.recordedAt);
    stack.push({ ...top, visited: true });
    const next = (corrections.get(event) ?? []).toSorted(bySeq).toReversed();
    for (const correction of next)
      stack.push({
        event: correction,
        revision: revision + 1,
        isFounded: !isForAnother(correction) || (isFounded && correction.alias === event.alias),
        visited: false,
      });
  }
  return found && { ...found.event, revision: found.revision, recordedAt };
};

/** Whether it was said by who corrects for the provider. */
const isForAnother = ({ source, provider }: Learning): boolean => {
  const corrected = correctedBy(source);
  return corrected?.provider === provider && corrected?.corrector !== provider;
};

const earlier = (a: string | undefined, b: string | undefined): string | undefined =>
  a !== undefined && b !== undefined && Date.parse(b) < Date.parse(a) ? b : a;
