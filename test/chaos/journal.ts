import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/** What the ledger told a client: this event is recorded, here. */
export interface Acknowledgement {
  readonly source: string;
  readonly id: string;
  readonly log: string;
  readonly seq: number;
  readonly leafHash: string;
}

export const keyOf = ({ source, id }: Pick<Acknowledgement, 'source' | 'id'>): string =>
  `${source} ${id}`;

/**
 * Every acknowledgement that the clients got, one a line, on disk before it counts: the witness
 * against the ledger. What is said twice of one event must be the same.
 */
export class Journal {
  readonly #file: number;
  readonly #said = new Map<string, Acknowledgement>();
  readonly #contradictions: string[] = [];

  constructor(readonly path: string) {
    this.#file = openSync(path, 'a', 0o600);
  }

  /** How many events are acknowledged. */
  get size(): number {
    return this.#said.size;
  }

  /** In plain words, where the ledger said two things of one event. */
  get contradictions(): readonly string[] {
    return this.#contradictions;
  }

  has(event: Pick<Acknowledgement, 'source' | 'id'>): boolean {
    return this.#said.has(keyOf(event));
  }

  write(acknowledgements: readonly Acknowledgement[]): void {
    if (acknowledgements.length === 0) return;
    const lines = acknowledgements.map((each) => `${JSON.stringify(each)}\n`).join('');
    writeSync(this.#file, lines);
    fdatasyncSync(this.#file);
    for (const each of acknowledgements) this.#compare(each);
  }

  close(): void {
    closeSync(this.#file);
  }

  #compare(said: Acknowledgement): void {
    const key = keyOf(said);
    const earlier = this.#said.get(key);
    if (!earlier) this.#said.set(key, said);
    else if (earlier.seq !== said.seq || earlier.leafHash !== said.leafHash)
      this.#contradictions.push(
        `${key} was acknowledged at ${earlier.seq} and then at ${said.seq}`,
      );
  }
}

/** Each event's first acknowledgement. A last line that was only half written was never one. */
export const readJournal = (path: string): ReadonlyMap<string, Acknowledgement> => {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  const first = new Map<string, Acknowledgement>();
  for (const line of lines) {
    const said = JSON.parse(line) as Acknowledgement;
    if (!first.has(keyOf(said))) first.set(keyOf(said), said);
  }
  return first;
};
