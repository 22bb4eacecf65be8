import { timingSafeEqual } from 'node:crypto';
import { ConcurrencyError, IntakeConflictError } from '#kernel';
import type { Appended, AppendOptions } from './log.js';
import type { PreparedEntry } from './prepare-entry.js';

/** An intake event that is recorded. */
export interface KnownIntake {
  readonly id: string;
  readonly seq: number;
  readonly leafHash: string;
  readonly contentMac: Uint8Array;
}

/** An entry with its place. */
export interface PlacedEntry extends PreparedEntry {
  readonly seq: number;
}

/** What is in the log, as far as it matters to a group; moved along as calls find their place. */
export interface Known {
  nextSeq: number;
  /** By identity (hex). */
  readonly intake: Map<string, KnownIntake>;
  /** The last version of each stream. */
  readonly versions: Map<string, number>;
}

/** The answers of a call and what it adds; or why it alone is refused, which leaves no trace. */
export type Placed =
  | { readonly answers: readonly Appended[]; readonly entries: readonly PlacedEntry[] }
  | { readonly refused: ConcurrencyError | IntakeConflictError };

const identityOf = ({ keys }: PreparedEntry): string | undefined => keys?.identity.toString('hex');

/** Gives the entries of one call their places. Pure but for `known`. */
export const placeEntries = (
  call: readonly PreparedEntry[],
  known: Known,
  { onConflict = 'answer' }: AppendOptions = {},
): Placed => {
  const intake = new Map<string, KnownIntake>();
  const versions = new Map<string, number>();
  const entries: PlacedEntry[] = [];
  const answers: Appended[] = [];
  for (const [at, prepared] of call.entries()) {
    const { stream, version, id, intake: asked } = prepared.entry;
    const identity = identityOf(prepared);
    const earlier =
      identity === undefined ? undefined : (intake.get(identity) ?? known.intake.get(identity));
    if (earlier && asked) {
      const answer = repeat(earlier, asked.contentMac);
      if (answer.status === 'conflict' && onConflict === 'refuse')
        return { refused: new IntakeConflictError(at, known.intake.get(identity ?? '')?.seq) };
      answers.push(answer);
      continue;
    }
    if (stream !== undefined) {
      const last = versions.get(stream) ?? known.versions.get(stream) ?? 0;
      if (version !== last + 1) return { refused: new ConcurrencyError(stream) };
      versions.set(stream, version);
    }
    const seq = known.nextSeq + entries.length;
    const place = { id, seq, leafHash: prepared.leafHash.toString('hex') };
    entries.push({ ...prepared, seq });
    answers.push({ status: 'recorded', ...place });
    if (identity !== undefined && asked)
      intake.set(identity, { ...place, contentMac: asked.contentMac });
  }
  known.nextSeq += entries.length;
  for (const [identity, entry] of intake) known.intake.set(identity, entry);
  for (const [stream, version] of versions) known.versions.set(stream, version);
  return { answers, entries };
};

const repeat = ({ contentMac, ...earlier }: KnownIntake, mac: Uint8Array): Appended => ({
  status: isSameContent(contentMac, mac) ? 'duplicate' : 'conflict',
  ...earlier,
});

/** See NewEntry.intake: what only one of them says is no contradiction. */
const isSameContent = (a: Uint8Array, b: Uint8Array): boolean => {
  const length = Math.min(a.length, b.length);
  return length > 0 && timingSafeEqual(a.subarray(0, length), b.subarray(0, length));
};
