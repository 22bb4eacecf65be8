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
  /** By identity, as IntakeKeys has it. */
  readonly intake: Map<string, KnownIntake>;
  /** The last version of each stream. */
  readonly versions: Map<string, number>;
}

/** The answers of a call and what it adds; or why it alone is refused, which leaves no trace. */
export type Placed =
  | { readonly answers: readonly Appended[]; readonly entries: readonly PlacedEntry[] }
  | { readonly refused: ConcurrencyError | IntakeConflictError };

/** Gives the entries of one call their places. Pure but for `known`. */
export const placeEntries = (
  call: readonly PreparedEntry[],
  known: Known,
  { onConflict = 'answer' }: AppendOptions = {},
): Placed => {
  /** What is put into `known`, to be taken out again if the call is refused. */
  const added: string[] = [];
  const versions = new Map<string, number>();
  const entries: PlacedEntry[] = [];
  const answers: Appended[] = [];
  const refuse = (refused: ConcurrencyError | IntakeConflictError): Placed => {
    for (const identity of added) known.intake.delete(identity);
    return { refused };
  };
  for (const [at, prepared] of call.entries()) {
    const { entry, keys } = prepared;
    const { stream, version, id, intake } = entry;
    const earlier = keys && known.intake.get(keys.identity);
    if (earlier && intake) {
      const answer = repeat(earlier, intake.contentMac);
      if (answer.status === 'conflict' && onConflict === 'refuse')
        return refuse(
          new IntakeConflictError(at, earlier.seq < known.nextSeq ? earlier.seq : undefined),
        );
      answers.push(answer);
      continue;
    }
    if (stream !== undefined) {
      const last = versions.get(stream) ?? known.versions.get(stream) ?? 0;
      if (version !== last + 1) return refuse(new ConcurrencyError(stream));
      versions.set(stream, version);
    }
    const seq = known.nextSeq + entries.length;
    const leafHash = prepared.leafHash.toString('hex');
    entries.push({ ...prepared, seq });
    answers.push({ status: 'recorded', id, seq, leafHash });
    if (keys && intake) {
      known.intake.set(keys.identity, { id, seq, leafHash, contentMac: intake.contentMac });
      added.push(keys.identity);
    }
  }
  known.nextSeq += entries.length;
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
