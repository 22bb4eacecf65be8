import { DomainError, UnavailableError } from '#kernel';
import {
  consistencyProof,
  encodeBundle,
  HASH_BYTES,
  type HashReader,
  inclusionProof,
  leafHash,
  tileReader,
  type TileName,
  tileWidthAt,
} from '#merkle';
import type { PublishedLog } from './published-log.js';

/** When what is recorded now will be published at the latest. */
const PUBLISHED_WITHIN_MS = 2_000;

/** What others ask of a log: all of it as published, nothing that is only recorded. */
export class Proofs {
  constructor(
    private readonly log: PublishedLog,
    private readonly now: () => Date,
  ) {}

  /**
   * The hashes of a tile, or a bundle of entries. Undefined if the published tree has no such one,
   * or not that wide.
   */
  async tile({ level, index, width }: TileName): Promise<Buffer | undefined> {
    const { state, checkpoint } = this.log.publication;
    if (width > tileWidthAt(checkpoint.size, level, index)) return undefined;
    if (level === 'entries') return encodeBundle(await this.#entries(index, width));
    const hashes = await damageIsAway(this.log.tree.tile(state, level, index));
    return hashes.subarray(0, width * HASH_BYTES);
  }

  /**
   * The hash of an entry in the published tree. Throws DomainError `entry-not-published`, and
   * UnavailableError (`log-not-trusted`) if the entry that is there now is another one: whoever
   * holds a receipt finds it out.
   */
  async leafHash(seq: number): Promise<Buffer> {
    const { size } = this.log.publication.checkpoint;
    if (seq >= size) throw this.#notYet(seq, size);
    const [hash] = await damageIsAway(this.#read([{ level: 0, index: seq }]));
    const [entry] = await this.log.tree.entries(seq, 1);
    const published = Buffer.from(hash ?? []);
    if (!entry || !leafHash(entry).equals(published))
      throw new UnavailableError('the log', new Error('another entry'), 'log-not-trusted');
    return published;
  }

  /** Throws DomainError `entry-not-published`. */
  async inclusion(seq: number) {
    const { checkpoint, note } = this.log.publication;
    const hash = await this.leafHash(seq);
    const hashes = await damageIsAway(inclusionProof(seq, checkpoint.size, this.#read));
    return { checkpoint, note, leafHash: hash, hashes };
  }

  /** Throws DomainError `entry-not-published` if the log is not as long as that yet. */
  async consistency(from: number) {
    const { checkpoint, note } = this.log.publication;
    if (from > checkpoint.size) throw this.#notYet(from - 1, checkpoint.size);
    const hashes = await damageIsAway(consistencyProof(from, checkpoint.size, this.#read));
    return { checkpoint, note, hashes };
  }

  readonly #read: HashReader = (subtrees) => {
    const { state } = this.log.publication;
    return tileReader((level, index) => this.log.tree.tile(state, level, index))(subtrees);
  };

  async #entries(index: number, width: number): Promise<readonly Buffer[]> {
    const entries = await this.log.tree.entries(index * 256, width);
    if (entries.length !== width)
      throw new UnavailableError('the log', new Error('entries are missing'), 'log-not-trusted');
    return entries;
  }

  #notYet(seq: number, size: number): DomainError {
    const when = new Date(this.now().getTime() + PUBLISHED_WITHIN_MS).toISOString();
    return new DomainError(
      'entry-not-published',
      `The published log has ${size} entries, numbered from 0; ${seq} is not among them. An entry ` +
        `that is recorded by now is published at ${when} at the latest.`,
    );
  }
}

/** A tile that the published tree must have and the database does not: rewritten meanwhile. */
const damageIsAway = async <T>(reading: Promise<T>): Promise<T> => {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof UnavailableError) throw error;
    throw new UnavailableError('the log', error, 'log-not-trusted');
  }
};
