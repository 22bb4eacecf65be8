import type { Log } from '#log';
import type { Submission } from './content.js';
import type { EventIds } from './event-ids.js';

/** An event on its way, as far as its place in a chain of corrections matters. */
interface Link {
  readonly submission: Pick<Submission, 'report' | 'begins'>;
  readonly eventId: string;
}

const keyOf = (source: string, id: string): string => JSON.stringify([source, id]);
const ownKey = ({ submission: { report }, eventId }: Link): string => keyOf(report.source, eventId);

/** What an event corrects, in the open: without the reason, which stays sealed. */
export const referenceOf = ({ source, id }: { readonly source: string; readonly id: string }) => ({
  source,
  id,
});

/**
 * What is asked of corrections and voids and needs to know what is recorded. They are rare, so
 * looking for each costs the others nothing.
 */
export class Chains {
  constructor(
    private readonly log: Log,
    private readonly ids: EventIds,
  ) {}

  /** The stream that an event begins, if it corrects one, is a void or begins a series. */
  streamOf({ submission: { report, begins }, eventId }: Link): string | undefined {
    if (report.is === 'void')
      return this.ids.streamOf('void', { source: report.source, id: eventId });
    const { supersedes } = report.data;
    return supersedes ? this.ids.streamOf('correction', supersedes) : begins;
  }

  /**
   * Those that would void a void, itself among them, whether it is recorded or in the same batch.
   * Not one that is recorded already, from before its target was known: its repeat is a repeat.
   */
  async voidsOfVoids<L extends Link>(links: readonly L[]): Promise<ReadonlySet<L>> {
    const voids = links.flatMap((link) => {
      const { report } = link.submission;
      return report.is === 'void' ? [{ link, target: report.target }] : [];
    });
    const sent = new Set(voids.map(({ link }) => ownKey(link)));
    const found = await Promise.all(
      voids.map(async ({ link, target }) => {
        const isOfVoid =
          sent.has(keyOf(target.source, target.id)) ||
          (await this.#exists(this.ids.streamOf('void', target)));
        return isOfVoid && !(await this.#exists(this.streamOf(link))) ? [link] : [];
      }),
    );
    return new Set(found.flat());
  }

  /** Those that correct what another event, recorded or earlier in the batch, corrects already. */
  async lateCorrections<L extends Link>(links: readonly L[]): Promise<ReadonlySet<L>> {
    const byStream = new Map<string, L[]>();
    for (const link of links) {
      const stream = link.submission.report.is === 'learning' ? this.streamOf(link) : undefined;
      if (stream !== undefined) byStream.set(stream, [...(byStream.get(stream) ?? []), link]);
    }
    const late = await Promise.all(
      [...byStream].map(async ([stream, rivals]) => {
        const [first] = rivals;
        const winner = (await this.#begunBy(stream)) ?? (first && ownKey(first));
        return rivals.filter((link) => ownKey(link) !== winner);
      }),
    );
    return new Set(late.flat());
  }

  async #exists(stream: string | undefined): Promise<boolean> {
    return stream !== undefined && (await this.log.readStream(stream)).length > 0;
  }

  async #begunBy(stream: string): Promise<string | undefined> {
    const [entry] = await this.log.readStream(stream);
    if (!entry) return undefined;
    const { eventSource, eventId } = entry.data as { eventSource: string; eventId: string };
    return keyOf(eventSource, eventId);
  }
}
