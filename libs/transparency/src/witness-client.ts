import {
  consistencyProof,
  cosignedAt,
  type HashReader,
  type NoteKey,
  readNote,
  splitNote,
} from '#merkle';
import type { SignedCheckpoint } from './remote-log.js';

const TIMEOUT_MS = 5_000;
const ANSWER_BYTES_MAX = 16_384;
const SIZE = /^(?<size>0|[1-9]\d{0,15})\n$/u;

/** A witness as the settings name it. */
export interface WitnessAddress {
  readonly key: NoteKey;
  /** Submission prefix (C2SP tlog-witness). */
  readonly url: string;
}

/** Asks one witness for its cosignatures, and remembers up to where it has followed. */
export class WitnessClient {
  /** What it cosigned last; it says so itself if we do not know. */
  #followed = 0;

  constructor(readonly address: WitnessAddress) {}

  /**
   * Offers a checkpoint. Answers the line that the witness signed it with, or undefined if it has
   * followed further already. Throws if it refuses, is away, or answers nonsense.
   */
  async offer(
    { checkpoint, note }: SignedCheckpoint,
    read: HashReader,
    stopped: AbortSignal,
  ): Promise<string | undefined> {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      if (this.#followed > checkpoint.size) return undefined;
      const proof = await consistencyProof(this.#followed, checkpoint.size, read);
      const hashes = proof.map((hash) => `${hash.toString('base64')}\n`).join('');
      const answer = await this.#post(`old ${this.#followed}\n${hashes}\n${note}`, stopped);
      if (answer.status === 200) {
        const line = this.#lineIn(note, answer.body);
        this.#followed = checkpoint.size;
        return line;
      }
      const size = answer.status === 409 ? SIZE.exec(answer.body)?.groups?.['size'] : undefined;
      if (size === undefined) throw new Error(`it answered ${answer.status}`);
      this.#followed = Number(size);
    }
    throw new Error('it is asked for by others at the same time');
  }

  #lineIn(note: string, body: string): string {
    const { text } = splitNote(note);
    // A witness must say when it saw the log (tlog-witness).
    const line = body
      .split('\n')
      .find((one) => this.#isOurs(`${text}\n${one}\n`) && cosignedAt(one) > 0n);
    if (line === undefined) throw new Error('it answered without its cosignature');
    return `${line}\n`;
  }

  #isOurs(note: string): boolean {
    try {
      return readNote(note, [this.address.key]).signers.length > 0;
    } catch {
      return false;
    }
  }

  async #post(
    body: string,
    stopped: AbortSignal,
  ): Promise<{ readonly status: number; readonly body: string }> {
    const response = await fetch(`${this.address.url.replace(/\/+$/u, '')}/add-checkpoint`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      redirect: 'error',
      signal: AbortSignal.any([stopped, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of response.body ?? []) {
      length += chunk.length;
      if (length > ANSWER_BYTES_MAX) throw new Error('it answered at length');
      chunks.push(chunk);
    }
    return { status: response.status, body: Buffer.concat(chunks).toString() };
  }
}
