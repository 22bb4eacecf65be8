import type { KeyObject } from 'node:crypto';
import type { Clock } from '#kernel';
import {
  type Checkpoint,
  cosignNote,
  EMPTY_ROOT,
  keepSignatures,
  type NoteKey,
  parseCheckpoint,
  parseHash,
  readNote,
  splitNote,
  verifyConsistency,
} from '#merkle';
import type { CheckpointStore, StoredCheckpoint } from './checkpoint-store.js';

/** What a witness answers, as C2SP tlog-witness says. */
export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  /** Cosignature lines, the size it knows (409), or why not. */
  readonly body: string;
}

interface Submission {
  readonly old: number;
  readonly proof: readonly Buffer[];
  readonly note: string;
  readonly text: string;
  readonly checkpoint: Checkpoint;
}

const OLD = /^old (?<size>0|[1-9]\d{0,15})$/u;
const HASHES_MAX = 63;

export interface WitnessOptions {
  /** Its name in cosignatures. */
  readonly name: string;
  /** It cosigns with each: of Ed25519, or of ML-DSA-44. */
  readonly privateKeys: readonly KeyObject[];
  /** The logs that it watches, by their verifier keys. */
  readonly logs: readonly NoteKey[];
  /** What it cosigned last of a log, by origin. */
  readonly storeOf: (origin: string) => Promise<CheckpointStore>;
  readonly clock: Clock;
  /** Told of a signed checkpoint that contradicts what was cosigned: it may prove misbehaviour. */
  readonly onContradiction?: (note: string) => void;
}

/**
 * Watches logs of others: cosigns a checkpoint if its log has only grown since the last one that it
 * cosigned (C2SP tlog-witness v1.0.0). What it cosigned is stored by compare-and-swap before it
 * answers, so that of two requests at once one is told of the other.
 */
export class Witness {
  constructor(private readonly options: WitnessOptions) {}

  /** Answers the body of `POST <prefix>/add-checkpoint`. Throws what the store throws. */
  async addCheckpoint(body: string): Promise<WitnessAnswer> {
    const submission = parseSubmission(body);
    if (!submission) return { status: 400, body: 'not a request of tlog-witness\n' };
    const { old, note, text, checkpoint } = submission;
    const keys = this.options.logs.filter(({ name }) => name === checkpoint.origin);
    if (keys.length === 0) return { status: 404, body: 'this log is not known here\n' };
    if (!isSigned(note, keys)) return { status: 403, body: 'no known key has signed this\n' };
    if (old > checkpoint.size) return { status: 400, body: 'the old size is the larger one\n' };
    const store = await this.options.storeOf(checkpoint.origin);
    const seen = await store.latest();
    const last = seen && parseCheckpoint(splitNote(seen.note).text);
    if (old !== (last?.size ?? 0)) return this.#conflict(last, submission);
    const refusal = whyNot(submission, last);
    if (refusal !== undefined) {
      this.options.onContradiction?.(note);
      return { status: 422, body: `${refusal}\n` };
    }
    const { name, privateKeys, clock } = this.options;
    const now = clock.now();
    const lines = privateKeys.map((key) => cosignNote(text, name, key, now)).join('');
    return this.#persist(store, seen, submission, `${keepSignatures(note, keys)}${lines}`, lines);
  }

  async #persist(
    store: CheckpointStore,
    seen: StoredCheckpoint | undefined,
    submission: Submission,
    cosigned: string,
    lines: string,
  ): Promise<WitnessAnswer> {
    if (await store.swap(seen, cosigned)) return { status: 200, body: lines };
    const now = await store.latest();
    return this.#conflict(now && parseCheckpoint(splitNote(now.note).text), submission);
  }

  #conflict(last: Checkpoint | undefined, { checkpoint, note }: Submission): WitnessAnswer {
    if (last?.size === checkpoint.size && !Buffer.from(last.root).equals(checkpoint.root))
      this.options.onContradiction?.(note);
    return { status: 409, body: `${last?.size ?? 0}\n` };
  }
}

/** Undefined for what is not such a request. */
const parseSubmission = (body: string): Submission | undefined => {
  try {
    const end = body.indexOf('\n\n');
    const [first = '', ...hashes] = body.slice(0, Math.max(end, 0)).split('\n');
    const old = Number(OLD.exec(first)?.groups?.['size'] ?? Number.NaN);
    if (!Number.isSafeInteger(old) || hashes.length > HASHES_MAX) return undefined;
    const note = body.slice(end + 2);
    const { text } = splitNote(note);
    return { old, proof: hashes.map(parseHash), note, text, checkpoint: parseCheckpoint(text) };
  } catch {
    return undefined;
  }
};

const isSigned = (note: string, keys: readonly NoteKey[]): boolean => {
  try {
    return readNote(note, keys).signers.length > 0;
  } catch {
    return false;
  }
};

/** Why a checkpoint does not follow the last one; undefined if it does. */
const whyNot = (
  { old, proof, checkpoint }: Submission,
  last: Checkpoint | undefined,
): string | undefined => {
  const { size, root } = checkpoint;
  if (size === 0)
    return EMPTY_ROOT.equals(root) && proof.length === 0
      ? undefined
      : 'the empty tree has another root';
  if (!last || old === 0)
    return proof.length === 0 ? undefined : 'nothing is to be proved of the empty tree';
  return verifyConsistency({ from: old, fromRoot: last.root, size, root, proof })
    ? undefined
    : 'the proof does not show that the log has only grown';
};
