import { Inject, Injectable } from '@nestjs/common';
import { type Client, type Problem, problemOf, type Telemetry } from '#contracts';
import { Log } from '#log';
import { Vault } from '#vault';
import type { Submission } from '../content.js';
import type { LearningReport, Moment } from '../domain/report.js';
import { EventIds } from '../event-ids.js';
import type { Item } from './format.js';

/** Changes of one result that are followed: each costs a look into the log. */
export const CHANGES_MAX = 64;
/** Why one is telemetry that is not later than what is recorded, and not the same. */
export const LATE = 'a state as late as this one is recorded';

type SeriesOf = NonNullable<Extract<Item, { is: 'event' }>['series']>;
/** A submission, and the series it is of, if it is of one. */
export interface InSeries {
  readonly submission: Submission;
  readonly series?: SeriesOf;
  readonly pointer: string;
}

interface ToPlace extends InSeries {
  readonly report: LearningReport;
  readonly series: SeriesOf;
  readonly alias: string;
}

interface Link {
  readonly id: string;
  readonly time: Moment;
}

/**
 * Makes a chain of corrections of what systems say of a result that changes: they send its state
 * anew each time, and name no earlier one. The log is all that is asked, so that a crash between
 * any two steps loses nothing; of two that come at once the log refuses one.
 */
@Injectable()
export class Series {
  constructor(
    @Inject(Log) private readonly log: Log,
    @Inject(Vault) private readonly vault: Vault,
    private readonly ids: EventIds,
  ) {}

  /**
   * In: what a client sends to be recorded, in order. Out: the same in its place, or why it has
   * none. Throws UnavailableError when the vault or the log is away.
   */
  async placed(
    { id: provider }: Pick<Client, 'id'>,
    all: readonly InSeries[],
  ): Promise<readonly (Submission | Telemetry | Problem)[]> {
    const learners = all.flatMap(({ submission: { report }, series }) =>
      series && report.is === 'learning'
        ? // Whose it was then: the recorder files it so, too.
          [{ provider, identity: report.learner, at: report.times[0] }]
        : [],
    );
    const aliases = (learners.length > 0 ? await this.vault.aliasesFor(learners) : []).values();
    const chains = new Map<string, Link[]>();
    const placed: (Submission | Telemetry | Problem)[] = [];
    for (const { submission, series, pointer } of all) {
      const { report } = submission;
      const alias = series && report.is === 'learning' ? aliases.next().value : undefined;
      placed.push(
        series && report.is === 'learning' && alias !== undefined
          ? await this.#place({ submission, report, series, pointer, alias }, chains)
          : submission,
      );
    }
    return placed;
  }

  /**
   * By the alias, not by what the provider calls the person: what the log keeps of it for good says
   * nothing once the person is erased, and an account that is given to somebody else begins anew.
   */
  async #place(
    { submission, report, series: { key, reason, notFirst }, pointer, alias }: ToPlace,
    chains: Map<string, Link[]>,
  ): Promise<Submission | Telemetry | Problem> {
    const [time] = report.times;
    if (time === undefined) throw new Error('an event of a series says when it happened');
    const { source, data } = report;
    const begins = this.ids.streamOf('series', { source, id: JSON.stringify([alias, ...key]) });
    const chain = chains.get(begins) ?? (await this.#chain(begins, source));
    chains.set(begins, chain);

    const id = this.ids.ofSeries(begins, time, submission.content);
    const known = chain.findIndex((link) => link.id === id);
    const place = known < 0 ? chain.length : known;
    if (place === chain.length) {
      if (chain.some((link) => link.time >= time)) return { status: 'telemetry', because: LATE };
      if (chain.length === 0 && notFirst !== undefined)
        return { status: 'telemetry', because: notFirst };
      if (chain.length >= CHANGES_MAX)
        return problemOf('invalid-input', undefined, [
          { pointer, detail: `One result may change ${CHANGES_MAX} times.` },
        ]);
      chain.push({ id, time });
    }
    const before = place === 0 ? undefined : chain[place - 1];
    if (!before) return { ...submission, report: { ...report, id }, begins };
    const supersedes = { source, id: before.id, reason };
    return { ...submission, report: { ...report, id, data: { ...data, supersedes } } };
  }

  /** What is recorded of a series, the first first. */
  async #chain(begins: string, source: string): Promise<Link[]> {
    const chain: Link[] = [];
    for (let stream = begins; chain.length < CHANGES_MAX;) {
      const [entry] = await this.log.readStream(stream);
      if (!entry) break;
      const { eventId } = entry.data as { readonly eventId: string };
      chain.push({ id: eventId, time: Date.parse(entry.time) });
      stream = this.ids.streamOf('correction', { source, id: eventId });
    }
    return chain;
  }
}
