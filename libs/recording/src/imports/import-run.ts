import { setTimeout as sleep } from 'node:timers/promises';
import { failpoint, isAway } from '#kernel';
import type { Client, ImportMapping } from '#contracts';
import type { DeliveryBook } from '../deliveries/delivery-book.js';
import type { Quota } from '../deliveries/quota.js';
import { outcomesOfRows } from '../domain/delivery.js';
import type { Recorder } from '../recorder.js';
import { recordRows, type Recorded } from './batch.js';
import { batchesOf } from './batches.js';
import { FileFault, type SheetRow } from './faults.js';
import type { ImportStore, StoredImport, StoredImportFile } from './import-store.js';
import { BATCH_ROWS, BATCHES_IN_FLIGHT, PAUSE_MS_MAX } from './limits.js';
import { namesOf } from './look.js';
import { type Plan, planOf } from './mapping.js';
import type { Claim, RunningStore, Step } from './running-store.js';
import { type OpenSheet, openSheet } from './sheet.js';
import type { StoredFiles } from './stored-files.js';

/** While something is away the same rows are tried again, less and less often. */
const AGAIN_MS_FIRST = 200;
const AGAIN_MS_MAX = 10_000;

/** A batch on its way; `row` is its last. */
interface Flight {
  readonly row: number;
  readonly outcome: Promise<Recorded>;
}

/** Why a run ended before the import did: it goes on elsewhere, later, or not at all. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** The quota is used up: it goes on after a while, in whichever process. */
export class Paused extends Error {
  override readonly name = 'Paused';

  constructor(
    readonly ms: number,
    /** Whether all that an earlier go may have recorded has been passed. */
    readonly isSettled: boolean,
  ) {
    super();
  }
}

export interface RunOf {
  readonly stored: StoredImport;
  readonly mapping: ImportMapping;
  readonly client: Client;
  readonly holder: string;
  readonly claim: Claim;
  readonly signal: AbortSignal;
}

/**
 * One go at an import, from its place to its end. Rows are read, recorded and accounted for in
 * their order, some batches at a time; between recording and moving the place a crash does no harm,
 * as rows that come again are known.
 */
export class ImportRun {
  readonly #run: RunOf;
  /** Rows that an earlier go may have recorded without moving its place. */
  #mayBeOurs: number;

  constructor(
    run: RunOf,
    private readonly store: ImportStore,
    private readonly files: StoredFiles,
    private readonly running: RunningStore,
    private readonly recorder: Recorder,
    private readonly deliveries: DeliveryBook,
    private readonly quota: Quota,
  ) {
    this.#run = run;
    this.#mayBeOurs = run.claim.isAgain ? (BATCHES_IN_FLIGHT + 1) * BATCH_ROWS : 0;
  }

  /** Throws Interrupted when it is to stop, or is not ours any more; Paused for the quota. */
  async toEnd(): Promise<void> {
    const { stored, holder } = this.#run;
    for (const file of stored.files) if (!file.isDone) await this.#read(file);
    await this.running.finish(stored.id, holder);
  }

  /** Ends it where it is: what is not read is told as such. */
  async giveUp(): Promise<void> {
    const { stored, holder } = this.#run;
    for (const { isDone, number, row } of stored.files)
      if (!isDone) await this.#move({ ...nothing(number, row), isLast: true, problem: OURS });
    await this.running.finish(stored.id, holder);
  }

  async #read(file: StoredImportFile): Promise<void> {
    const { stored, mapping, client } = this.#run;
    let sheet: OpenSheet | undefined;
    let row = file.row;
    try {
      const bytes = this.files.file(stored.id, file.number, file.bytes);
      sheet = await openSheet({ kind: file.kind, bytes, isUtf8: file.isUtf8 }, mapping.encoding);
      const rows = sheet.lastRow();
      if (rows !== undefined) await this.running.expect(stored.id, file.number, rows);
      // The refused rows are given back in the columns of their file. What the preview showed of
      // its rows is not kept with them.
      const names = namesOf(sheet, file.look?.chosen);
      await this.store.saveLook(stored.id, file.number, names, 'running');
      const { header, date1904 } = sheet;
      const plan = planOf(mapping, header.names, { client, date1904 });
      if ('lacks' in plan) throw lacking(plan.lacks);
      row = Math.max(row, header.row);
      for await (const step of this.#steps(file, plan, batchesOf(sheet.rows, row))) {
        row = step.row;
        await this.#move(step);
      }
      await this.#move({ ...nothing(file.number, row), isLast: true });
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      const { reason, fix } = error;
      const problem = { row: error.row, reason, fix };
      await this.#move({ ...nothing(file.number, row), isLast: true, problem });
    } finally {
      await sheet?.close();
    }
  }

  /** What became of each batch, in order, while the next are already on their way. */
  async *#steps(
    file: StoredImportFile,
    plan: Plan,
    batches: AsyncGenerator<readonly SheetRow[]>,
  ): AsyncGenerator<Step> {
    const flying: Flight[] = [];
    try {
      yield* this.#flights(file, plan, batches, flying);
    } finally {
      // Whoever stops us hears of it when nothing of ours runs any longer.
      await Promise.allSettled(flying.map(({ outcome }) => outcome));
    }
  }

  async *#flights(
    file: StoredImportFile,
    plan: Plan,
    batches: AsyncGenerator<readonly SheetRow[]>,
    flying: Flight[],
  ): AsyncGenerator<Step> {
    const { client } = this.#run;
    let failure: { readonly error: unknown } | undefined;
    const landed = async (): Promise<Step> => {
      const first = flying.shift();
      if (!first) throw new Error('nothing is on its way');
      const became = await first.outcome;
      await failpoint('imports.after-record');
      return { file: file.number, row: first.row, ...became };
    };
    try {
      for (;;) {
        const batch = await batches.next();
        if (batch.done) break;
        const { taken } = this.quota.take(client, batch.value.length);
        const rows = batch.value.slice(0, taken);
        if (rows.length > 0) flying.push(this.#flight(plan, rows));
        // What is on its way lands, and is accounted for, before the others wait.
        if (taken < batch.value.length) {
          failure = { error: this.#paused() };
          break;
        }
        if (flying.length >= BATCHES_IN_FLIGHT) yield await landed();
      }
    } catch (error) {
      // The rows before the one that cannot be read stand.
      if (!(error instanceof FileFault)) throw error;
      failure = { error };
    }
    while (flying.length > 0) yield await landed();
    if (failure) throw failure.error;
  }

  #flight(plan: Plan, rows: readonly SheetRow[]): Flight {
    const outcome = this.#record(plan, rows);
    // It is waited for in its turn; until then its failure is nobody's.
    outcome.catch(() => undefined);
    return { row: rows.at(-1)?.row ?? 0, outcome };
  }

  /**
   * Until there is a minute's worth: each go reads the file up to its place once more. No longer,
   * as the quota may be made larger meanwhile.
   */
  #paused(): Paused {
    const ms = Math.min(PAUSE_MS_MAX, this.quota.msUntilFull(this.#run.client));
    return new Paused(ms, this.#mayBeOurs <= 0);
  }

  async #record(plan: Plan, rows: readonly SheetRow[]): Promise<Recorded> {
    const { client, claim, signal, stored } = this.#run;
    const mayBeOurs = this.#mayBeOurs > 0;
    this.#mayBeOurs -= rows.length;
    let wait = AGAIN_MS_FIRST;
    for (;;) {
      if (signal.aborted) throw new Interrupted();
      try {
        return await recordRows(
          this.recorder,
          client,
          plan,
          rows,
          stored.area,
          (seq) => mayBeOurs && seq >= claim.logSize,
        );
      } catch (error) {
        if (!isAway(error)) throw error;
        await sleep(wait, undefined, { signal }).catch(() => undefined);
        wait = Math.min(wait * 2, AGAIN_MS_MAX);
      }
    }
  }

  async #move(step: Step): Promise<void> {
    const { stored, holder, signal } = this.#run;
    if (!(await this.running.step(stored.id, holder, step))) throw new Interrupted();
    // It has happened, whatever comes now.
    this.#note(step);
    if (signal.aborted) throw new Interrupted();
  }

  /** A file that cannot be read is told as one refusal, at the row where it ends to be one. */
  #note({ recorded, duplicate, tried, refusals, row, problem }: Step): void {
    const refused = refusals.map((refusal) => refusal.row);
    if (problem) refused.push(problem.row ?? row);
    if (recorded + duplicate + tried + refused.length === 0) return;
    const { client, area } = this.#run.stored;
    const sender = { client, channel: 'import', area };
    this.deliveries.add({ sender, ...outcomesOfRows({ recorded, duplicate, tried, refused }) });
  }
}

const nothing = (file: number, row: number): Step => ({
  file,
  row,
  recorded: 0,
  duplicate: 0,
  tried: 0,
  refusals: [],
});

const OURS = {
  reason: 'Something went wrong on our side while this file was read.',
  fix: 'Upload it again: what is recorded already is not recorded twice.',
};

const WORDS: Readonly<Record<string, string>> = {
  learner: 'who learned',
  title: 'what was learned',
  date: 'when',
  verb: 'what happened',
};

const lacking = (lacks: readonly string[]): FileFault =>
  new FileFault(
    `No column of this file says ${lacks.map((what) => WORDS[what]).join(', or ')}.`,
    'Give its columns the same names as in the first file, and upload it again.',
  );
