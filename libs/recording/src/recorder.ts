import { Inject, Injectable } from '@nestjs/common';
import {
  Clock,
  ConcurrencyError,
  DomainError,
  failpoint,
  IntakeConflictError,
  newId,
  UnavailableError,
} from '#kernel';
import type { Receipt } from '#contracts';
import { type Appended, type AppendOptions, Log, type NewEntry } from '#log';
import { Vault } from '#vault';
import { Chains, referenceOf } from './chains.js';
import { type Submission, withTime } from './content.js';
import { type Provider, refuse } from './domain/admission.js';
import { defined } from './domain/defined.js';
import { learningEventOf } from './domain/learning-event.js';
import { EventIds, type EventId } from './event-ids.js';

/** What became of a submission. */
export type Outcome = Recorded | { readonly is: 'refused'; readonly error: DomainError };

export interface Recorded {
  readonly is: 'recorded';
  readonly receipt: Receipt;
  /** The provider's id of the event, or the one made for it. */
  readonly eventId: string;
}

const NO_IDENTITY =
  'This event had no id and no time, so a repeat of it could not be told from a new one.';

/** How the recorder says why one of the submissions is not recorded; throwing refuses them all. */
type RefuseAt = (n: number, error: DomainError) => void;

/** A submission on its way: what it needs is filled in step by step, for the whole batch at once. */
interface Intake extends EventId {
  readonly submission: Submission;
  readonly n: number;
  readonly alias?: string;
  readonly contentMac: Uint8Array;
}

/**
 * Records what providers say, a batch at a time: who is meant (vault), whether it was said before
 * (HMAC of the content), sealed, appended. The order of the steps is the order below; nothing is
 * visible before the last, and repeating all of them is safe.
 */
@Injectable()
export class Recorder {
  readonly #chains: Chains;

  constructor(
    @Inject(Log) private readonly log: Log,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(Clock) private readonly clock: Clock,
    private readonly ids: EventIds,
  ) {
    this.#chains = new Chains(log, ids);
  }

  /** Why the provider may not say this; undefined if it may. */
  refusal(provider: Provider, { report, principal }: Submission): DomainError | undefined {
    const refused = refuse(provider, report, this.clock.now(), principal);
    return refused && new DomainError(refused.code, undefined, refused.issues);
  }

  /**
   * Records submissions that were not refused. Out: one outcome for each, in order. An outcome is
   * refused with `alias-unknown`, `event-conflict`, `event-erased`, `already-superseded` or
   * `void-of-void`.
   * Throws UnavailableError when the vault or the log is away: then repeat the call.
   */
  async record(
    provider: Provider,
    submissions: readonly Submission[],
  ): Promise<readonly Outcome[]> {
    const outcomes = new Map<number, Outcome>();
    const refuseAt = (n: number, error: DomainError): void => {
      outcomes.set(n, { is: 'refused', error });
    };
    const intakes = await this.#identify(provider, submissions, refuseAt);
    await failpoint('recorder.after-identify');
    for (const [intake, answer] of await this.#append(provider, intakes, refuseAt)) {
      if (answer.status === 'conflict') refuseAt(intake.n, await this.#conflict(answer.seq));
      else outcomes.set(intake.n, this.#recorded(intake, answer, answer.status));
    }
    return submissions.map((_, n) => {
      const outcome = outcomes.get(n);
      if (!outcome) throw new Error('a submission got no answer');
      return outcome;
    });
  }

  /**
   * Records all of the submissions or none. Out: what was recorded, in order. Throws DomainError,
   * with a code as of `record`, for the first that cannot be.
   */
  async recordWhole(
    provider: Provider,
    submissions: readonly Submission[],
  ): Promise<readonly Recorded[]> {
    const refuseAt: RefuseAt = (_, error) => {
      throw error;
    };
    const intakes = await this.#identify(provider, submissions, refuseAt);
    try {
      const whole = { onConflict: 'refuse' } as const;
      const appended = await this.#append(provider, intakes, refuseAt, whole);
      return appended.map(([intake, answer]) => {
        if (answer.status === 'conflict') throw new Error('an entry got no answer');
        return this.#recorded(intake, answer, answer.status);
      });
    } catch (error) {
      if (!(error instanceof IntakeConflictError)) throw error;
      throw error.earlierSeq === undefined
        ? new DomainError('event-conflict')
        : await this.#conflict(error.earlierSeq);
    }
  }

  /**
   * Seals and appends. A correction whose target was corrected by another event meanwhile is
   * refused by the log; then those are found, refused, and the others appended.
   */
  async #append(
    provider: Provider,
    intakes: readonly Intake[],
    refuseAt: RefuseAt,
    options?: AppendOptions,
  ): Promise<readonly (readonly [Intake, Appended])[]> {
    const unvoiding = await this.#chains.voidsOfVoids(intakes);
    for (const { n } of unvoiding) refuseAt(n, new DomainError('void-of-void'));
    for (let rest = intakes.filter((each) => !unvoiding.has(each)); ;) {
      if (rest.length === 0) return [];
      const entries = await this.#seal(provider, rest);
      await failpoint('recorder.after-seal');
      try {
        const appended = await this.log.append(entries, options);
        await failpoint('recorder.after-append');
        return rest.flatMap((intake, k) => {
          const answer = appended[k];
          return answer ? [[intake, answer] as const] : [];
        });
      } catch (error) {
        if (!(error instanceof ConcurrencyError)) throw error;
        const late = await this.#chains.lateCorrections(rest);
        if (late.size === 0) throw error;
        for (const { n } of late) refuseAt(n, new DomainError('already-superseded'));
        rest = rest.filter((each) => !late.has(each));
      }
    }
  }

  /** Who each is about, and by what it is told from others. */
  async #identify(
    provider: Provider,
    submissions: readonly Submission[],
    refuseAt: RefuseAt,
  ): Promise<readonly Intake[]> {
    const aliases = await this.#aliases(provider, submissions);
    const personal = submissions.flatMap(({ content }, n) => {
      const alias = aliases[n];
      return typeof alias === 'string' ? [{ n, alias, content }] : [];
    });
    const macs = await this.vault.contentMacs(personal);
    const macAt = new Map(personal.map(({ n }, k) => [n, macs[k]]));
    return submissions.flatMap((submission, n): readonly Intake[] => {
      const alias = aliases[n];
      if (alias instanceof DomainError) {
        refuseAt(n, alias);
        return [];
      }
      const mac =
        submission.report.is === 'void' ? this.ids.voidMac(submission.content) : macAt.get(n);
      if (!mac) {
        refuseAt(n, new DomainError('event-erased'));
        return [];
      }
      const known = this.ids.of(submission, alias);
      const contentMac = withTime(mac, submission.happenedAt);
      return [{ submission, n, contentMac, ...(alias === undefined ? {} : { alias }), ...known }];
    });
  }

  /** One call for the batch; only if somebody names a foreign alias, one for each such name. */
  async #aliases(
    provider: Provider,
    submissions: readonly Submission[],
  ): Promise<readonly (string | DomainError | undefined)[]> {
    const named = submissions.flatMap(({ report, principal = provider }, n) =>
      // An account name may have been given to another person since: whose it was then.
      report.is === 'learning'
        ? [{ n, provider: principal.id, identity: report.learner, at: report.times[0] }]
        : [],
    );
    const found = new Map<number, string | DomainError | undefined>();
    const ask = async (batch: typeof named): Promise<void> => {
      const aliases = await this.vault.aliasesFor(batch);
      for (const [k, { n }] of batch.entries()) found.set(n, aliases[k]);
    };
    try {
      await ask(named);
    } catch (error) {
      if (!isAliasUnknown(error)) throw error;
      await ask(named.filter(({ identity }) => !('alias' in identity)));
      for (const one of named.filter(({ identity }) => 'alias' in identity))
        try {
          await ask([one]);
        } catch (each) {
          if (!isAliasUnknown(each)) throw each;
          found.set(one.n, each);
        }
    }
    return submissions.map((_, n) => found.get(n));
  }

  async #seal(provider: Provider, intakes: readonly Intake[]): Promise<readonly NewEntry[]> {
    const now = this.clock.now();
    const receivedAt = now.toISOString();
    const drafts = intakes.map((intake) => ({ ...intake, id: newId('evt') }));
    const toSeal = drafts.flatMap(({ id, alias, submission: { report, raw, principal } }) =>
      report.is === 'learning' && alias !== undefined
        ? [
            {
              alias,
              context: `${id}|learning-event`,
              plaintext: learningEventOf(provider, report, { alias, receivedAt, raw, principal }),
            },
          ]
        : [],
    );
    const sealed = (await this.#sealed(toSeal)).values();
    return drafts.map((draft): NewEntry => {
      const { id, alias, submission, eventId, contentMac } = draft;
      const { report, principal = provider } = submission;
      const { source } = report;
      const stream = this.#chains.streamOf(draft);
      const entry = {
        id,
        ...(stream === undefined ? {} : { stream, version: 1 }),
        time: new Date(report.times[0] ?? now),
        provider: principal.id,
        intake: { source, eventId, contentMac },
      };
      if (report.is === 'void') {
        const { target, reason } = report;
        const data = { eventSource: source, eventId, target, reason };
        return { ...entry, kind: 'learning-event-voided', data };
      }
      const bytes = sealed.next().value;
      if (!bytes || alias === undefined) throw new UnavailableError('the vault');
      const { revision, data: said } = report;
      const supersedes = said.supersedes && referenceOf(said.supersedes);
      const data = defined({ eventSource: source, eventId, revision, supersedes });
      return { ...entry, kind: 'learning-event', alias, data, sealed: bytes };
    });
  }

  /** A key that was destroyed since its HMAC was made: a repeat will find it so from the start. */
  async #sealed(items: Parameters<Vault['seal']>[0]): Promise<readonly Uint8Array[]> {
    try {
      return await this.vault.seal(items);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'event-erased')
        throw new UnavailableError('the vault', error);
      throw error;
    }
  }

  /** Conflict, unless the earlier event was about somebody who has been erased since. */
  async #conflict(seq: number): Promise<DomainError> {
    const [earlier] = await this.log.read({ after: seq - 1, limit: 1 });
    const alias = earlier?.alias;
    if (alias === undefined) return new DomainError('event-conflict');
    const [isErased] = await this.vault.areErased([alias]);
    return new DomainError(isErased ? 'event-erased' : 'event-conflict');
  }

  #recorded(
    { eventId, isTellable }: Intake,
    { id, seq, leafHash }: Appended,
    status: Receipt['status'],
  ): Recorded {
    const receipt = { eventId: id, log: this.log.name, seq, leafHash, status };
    return {
      is: 'recorded',
      eventId,
      receipt: isTellable ? receipt : { ...receipt, note: NO_IDENTITY },
    };
  }
}

const isAliasUnknown = (error: unknown): error is DomainError =>
  error instanceof DomainError && error.code === 'alias-unknown';
