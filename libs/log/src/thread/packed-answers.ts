import { ConcurrencyError, IntakeConflictError, UnavailableError } from '#kernel';
import type { Appended } from '../log.js';

/** What became of a call, whose number is `call`. */
export type Settled = { readonly call: number } & (
  { readonly answers: readonly Appended[] } | { readonly error: unknown }
);

/** Answers as they go from one thread to another: see PackedCalls. */
export interface PackedAnswers {
  /** For each call that was answered: its number, and how many entries it has. */
  readonly calls: Float64Array;
  /** For each entry: its status and its place. */
  readonly entries: Float64Array;
  /** For each entry: id and leaf hash, with NUL between them. */
  readonly texts: string;
  readonly failed: readonly { readonly call: number; readonly error: PackedError }[];
}

const STATUSES = ['recorded', 'duplicate', 'conflict'] as const;

/** Out: nothing of what was given is referred to. */
export const packAnswers = (given: readonly Settled[]): PackedAnswers => {
  const [calls, entries, texts]: [number[], number[], string[]] = [[], [], []];
  const failed: { call: number; error: PackedError }[] = [];
  for (const settled of given)
    if ('error' in settled) failed.push({ call: settled.call, error: packError(settled.error) });
    else {
      calls.push(settled.call, settled.answers.length);
      for (const { status, id, seq, leafHash } of settled.answers) {
        entries.push(STATUSES.indexOf(status), seq);
        texts.push(id, leafHash);
      }
    }
  return {
    calls: Float64Array.from(calls),
    entries: Float64Array.from(entries),
    texts: texts.join('\0'),
    failed,
  };
};

/** What became of each call, in no order. */
export const unpackAnswers = ({ calls, entries, texts, failed }: PackedAnswers): Settled[] => {
  const text = texts.split('\0');
  const settled: Settled[] = failed.map(({ call, error }) => ({ call, error: unpackError(error) }));
  let at = 0;
  for (let n = 0; n < calls.length; n += 2) {
    const answers = Array.from({ length: calls[n + 1] ?? 0 }, (): Appended => {
      const [status, seq] = [STATUSES[entries[at] ?? 0], entries[at + 1]];
      const [id, leafHash] = [text[at], text[at + 1]];
      at += 2;
      if (status === undefined || seq === undefined || id === undefined || leafHash === undefined)
        throw new TypeError('an answer came without all that belongs to it');
      return { status, id, seq, leafHash };
    });
    settled.push({ call: calls[n] ?? 0, answers });
  }
  return settled;
};

/** Cloned, an error would no longer be of its class. */
type PackedError =
  | {
      readonly is: 'unavailable';
      readonly of: string;
      readonly code: string;
      readonly cause: unknown;
    }
  | { readonly is: 'stream'; readonly stream: string }
  | { readonly is: 'conflict'; readonly at: number; readonly earlierSeq: number | undefined }
  | { readonly is: 'other'; readonly error: unknown };

const packError = (error: unknown): PackedError => {
  if (error instanceof UnavailableError) {
    const { dependency, code, cause } = error;
    return { is: 'unavailable', of: dependency, code, cause };
  }
  if (error instanceof ConcurrencyError) return { is: 'stream', stream: error.stream };
  if (error instanceof IntakeConflictError)
    return { is: 'conflict', at: error.at, earlierSeq: error.earlierSeq };
  return { is: 'other', error };
};

const unpackError = (packed: PackedError): unknown => {
  if (packed.is === 'unavailable')
    return new UnavailableError(packed.of, packed.cause, packed.code);
  if (packed.is === 'stream') return new ConcurrencyError(packed.stream);
  if (packed.is === 'conflict') return new IntakeConflictError(packed.at, packed.earlierSeq);
  return packed.error;
};
