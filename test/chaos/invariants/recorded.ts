import { openNote, parseVerifierKey } from '#merkle';
import { type Acknowledgement, keyOf } from '../journal.js';
import type { Head } from '../observer.js';
import { type Entry, rootsAt } from './ledger.js';

/** Violations in plain words; nothing where all is well. */
export type Violations = readonly string[];

/** Which event of a provider an entry records; undefined for entries of other kinds. */
export const eventOf = ({ kind, data }: Entry): { source: string; id: string } | undefined =>
  kind === 'learning-event' || kind === 'learning-event-voided'
    ? { source: String(data['eventSource']), id: String(data['eventId']) }
    : undefined;

/** (1) What was acknowledged is in the log once, at that place, with that hash. */
export const checkAcknowledged = (
  acknowledged: Iterable<Acknowledgement>,
  entries: readonly Entry[],
): Violations => {
  const found = Map.groupBy(
    entries.filter((entry) => eventOf(entry)),
    (entry) => keyOf(eventOf(entry) ?? { source: '', id: '' }),
  );
  const violations: string[] = [];
  for (const said of acknowledged) {
    const [entry, ...more] = found.get(keyOf(said)) ?? [];
    const name = `${keyOf(said)}, acknowledged at ${said.log} ${said.seq},`;
    if (!entry) violations.push(`${name} is not in the log`);
    else if (more.length > 0) violations.push(`${name} is in the log ${more.length + 1} times`);
    else if (entry.log !== said.log || entry.seq !== said.seq)
      violations.push(`${name} is in the log at ${entry.log} ${entry.seq}`);
    else if (entry.leafHash !== said.leafHash) violations.push(`${name} has another leaf hash`);
  }
  return violations;
};

/** (1) Nothing is in the log that nobody sent, and nothing twice. */
export const checkSent = (
  sent: ReadonlyMap<string, unknown>,
  entries: readonly Entry[],
): Violations => {
  const seen = new Set<string>();
  const violations: string[] = [];
  for (const entry of entries) {
    const event = eventOf(entry);
    if (!event) continue;
    const key = keyOf(event);
    if (!sent.has(key)) violations.push(`${key} at ${entry.log} ${entry.seq} was never sent`);
    if (seen.has(key)) violations.push(`${key} is recorded again at ${entry.log} ${entry.seq}`);
    seen.add(key);
  }
  return violations;
};

/** (2) A log is numbered from 0 without a gap and without a number given twice. */
export const checkDense = (log: string, entries: readonly Pick<Entry, 'seq'>[]): Violations => {
  const wrong = entries.findIndex(({ seq }, n) => seq !== n);
  return wrong < 0 ? [] : [`${log}: where ${wrong} should be is ${entries[wrong]?.seq}`];
};

/** (3, 4) Every tree that was ever shown is a beginning of this one. */
export const checkHeads = (entries: readonly Entry[], heads: readonly Head[]): Violations => {
  const roots = rootsAt(entries, new Set(heads.map(({ size }) => size)));
  const violations = heads.flatMap(({ log, size, root }) => {
    if (size > entries.length) return [`${log}: ${size} entries were shown, ${entries.length} are`];
    return roots.get(size) === root ? [] : [`${log}: another root was shown at ${size}`];
  });
  return [...new Set(violations)];
};

/** (3) Every checkpoint is signed by the key that the log showed first. */
export const checkSigned = (
  log: string,
  notes: readonly string[],
  verifierKey: string | undefined,
): Violations => {
  if (notes.length === 0) return [];
  if (verifierKey === undefined) return [`${log}: it published and never showed its key`];
  const key = parseVerifierKey(verifierKey);
  const wrong = notes.filter((note) => {
    try {
      openNote(note, [key]);
      return false;
    } catch {
      return true;
    }
  });
  return wrong.length > 0 ? [`${log}: ${wrong.length} checkpoints are not signed by its key`] : [];
};
