import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { base32, fold } from '#kernel';
import { Journal, type Transaction } from '#log';
import { ToEarned } from './commands.js';
import { DefinitionStore } from './definition-store.js';
import { earned, type EarnedFact } from './domain/earned.js';
import { currentRevisions } from './domain/revisions.js';
import { subjectsOf } from './domain/rule.js';
import {
  asksWhen,
  type Definition,
  type Earning,
  settle,
  type Settlement,
} from './domain/settlement.js';
import { EarnedStore, type HoldingOf } from './earned-store.js';
import { type Learner, Learners } from './learners.js';
import { type LearningOf, LearningStore } from './learning-store.js';
import { SubjectIndex } from './subject-index.js';

/** What changed for one learner, as SubjectIndex has it. */
export interface Change {
  readonly learner: Learner;
  readonly subjects: ReadonlySet<string>;
  /** Achievements whose definition, or hold, changed. */
  readonly achievements: ReadonlySet<string>;
  /** See Situation.recheck. */
  readonly recheck: boolean;
}

interface Known {
  readonly learner: Learner;
  readonly learnings: readonly LearningOf[];
  readonly holdings: readonly HoldingOf[];
}

const LEARNERS_AT_ONCE = 200;
const STATED_AT_ONCE = 20;
const ID_BYTES = 16;

/**
 * Judges learners by the definitions that a change touches, and states what they earned or no
 * longer hold. Repeating it states nothing: each statement is a command to the stream that knows.
 */
@Injectable()
export class AchievementJudge {
  constructor(
    private readonly definitions: DefinitionStore,
    private readonly learnings: LearningStore,
    private readonly earnings: EarnedStore,
    private readonly learners: Learners,
    private readonly index: SubjectIndex,
    private readonly journal: Journal,
    private readonly commandBus: CommandBus,
  ) {}

  /** Calls `beforeStating` whenever something is about to be stated. */
  async judge(
    tx: Transaction,
    changes: readonly Change[],
    beforeStating: () => Promise<void>,
  ): Promise<void> {
    for (let from = 0; from < changes.length; from += LEARNERS_AT_ONCE)
      await this.#judgeSome(tx, changes.slice(from, from + LEARNERS_AT_ONCE), beforeStating);
  }

  async #judgeSome(
    tx: Transaction,
    changes: readonly Change[],
    beforeStating: () => Promise<void>,
  ): Promise<void> {
    const definitions = await this.definitions.touched(
      tx,
      new Set(changes.flatMap(({ subjects }) => [...subjects])),
      new Set(changes.flatMap(({ achievements }) => [...achievements])),
    );
    const mayAllFall = asksWhen(definitions);
    const isRechecked = ({ recheck }: Change): boolean => recheck || mayAllFall;
    const rechecked = changes.filter(isRechecked);
    if (definitions.length === 0 && rechecked.length === 0) return;
    const aliases = changes.flatMap(({ learner }) => learner.aliases);
    const mayFall = new Set(rechecked.flatMap(({ learner }) => learner.aliases));
    const holdings = await this.#held(tx, aliases, mayFall.size > 0);
    const falling = holdings.filter(({ alias }) => mayFall.has(alias));
    const learnings = await this.#current(tx, aliases, [...definitions, ...falling]);
    const evidence = new Set(falling.flatMap((holding) => holding.evidence));
    const aliasOf = await this.learnings.aliasesOf(tx, [...evidence]);
    const judged = changes.map((change) => {
      const { learner } = change;
      const recheck = isRechecked(change);
      const isTheirs = ({ alias }: { alias: string }): boolean => learner.aliases.includes(alias);
      const held = holdings.filter(isTheirs);
      const known = {
        learner,
        learnings: learnings.filter(isTheirs),
        holdings: recheck ? parted(held, learner, aliasOf) : held,
      };
      return { known, settlement: settle({ ...known, definitions, recheck }) };
    });
    const stated = judged.filter(({ settlement }) => Object.values(settlement).flat().length > 0);
    if (stated.length === 0) return;
    await beforeStating();
    const releases = await this.earnings.lastReleases(tx, aliases);
    // Several learners at a time, so that the log can commit what is stated of them together.
    for (let from = 0; from < stated.length; from += STATED_AT_ONCE)
      await Promise.all(
        stated.slice(from, from + STATED_AT_ONCE).map(async ({ known, settlement }) => {
          await this.#withdraw(known, settlement);
          await this.#earn(known, settlement, releases);
        }),
      );
  }

  /** What counts of everything that the definitions ask about. */
  async #current(
    tx: Transaction,
    aliases: readonly string[],
    questions: readonly Definition[],
  ): Promise<readonly LearningOf[]> {
    const asked = questions.map(({ definition: { rule } }) => subjectsOf(rule));
    const subjects = asked.some(({ anyActivity }) => anyActivity)
      ? undefined
      : [...new Set(asked.flatMap(({ activities }) => activities))].map((activity) =>
          this.index.ofActivity(activity),
        );
    const { events, voids } = await this.learnings.load(tx, aliases, subjects);
    return currentRevisions(events, voids);
  }

  /** What the aliases hold; with the end of each version if they are to be judged again. */
  async #held(
    tx: Transaction,
    aliases: readonly string[],
    withEnds: boolean,
  ): Promise<readonly HoldingOf[]> {
    const holdings = await this.earnings.holdings(tx, aliases);
    if (!withEnds || holdings.length === 0) return holdings;
    const endOf = await this.definitions.endsOf(
      tx,
      holdings.map(({ definition }) => definition.id),
    );
    return holdings.map((each) => ({ ...each, until: endOf(each.definition.id, each.version) }));
  }

  /** What stacks falls before what it stacks on. */
  async #withdraw({ holdings }: Known, { withdraw, duplicates }: Settlement): Promise<void> {
    const falling = holdings.filter((each) => withdraw.includes(each) || duplicates.includes(each));
    for (const holding of falling.toReversed()) {
      const { alias, earnedId, provider, isParted } = holding;
      const [id = ''] = earnedId.split('-');
      const reason = duplicates.includes(holding)
        ? 'held-already'
        : isParted === true
          ? 'account-released'
          : 'no-longer-earned';
      const command = { type: 'withdraw', earnedId, reason } as const;
      await this.commandBus.execute(new ToEarned({ id, alias, provider, command }));
    }
  }

  /** On the alias of the last event that contributed, unless another of the learner's holds it. */
  async #earn(
    known: Known,
    { earn }: Settlement,
    releases: ReadonlyMap<string, number>,
  ): Promise<void> {
    const { aliases } = known.learner;
    for (const earning of earn) {
      const { definition, version, provider, evidence } = earning;
      const last = lastOf(earning, known);
      const macs = await this.learners.fingerprints(aliases, `achievement|${definition.id}`);
      const mac = macs[aliases.indexOf(last.alias)];
      if (!mac || (await this.#isHeld(macs))) continue;
      const id = idOf(mac);
      const afterRelease = releases.get(last.alias);
      const personal = {
        definition,
        version,
        provider,
        earnedAt: last.time,
        evidence: [...evidence],
        ...(afterRelease === undefined ? {} : { afterRelease }),
      };
      const command = { type: 'earn', id, earning: personal } as const;
      await this.commandBus.execute(new ToEarned({ id, alias: last.alias, provider, command }));
    }
  }

  /** Asks the streams, as the read model may not have seen yet what was stated a moment ago. */
  async #isHeld(macs: readonly (Uint8Array | undefined)[]): Promise<boolean> {
    for (const mac of macs) {
      if (!mac) continue;
      const history = await this.journal.history(`earned-${idOf(mac)}`);
      if (fold(earned, history as readonly EarnedFact[]).earnedId !== undefined) return true;
    }
    return false;
  }
}

const idOf = (mac: Uint8Array): string => `ach_${base32(mac.subarray(0, ID_BYTES))}`;

/** Marks what rests on events of an account that is not the learner's any longer. */
const parted = (
  holdings: readonly HoldingOf[],
  { aliases }: Learner,
  aliasOf: ReadonlyMap<string, string>,
): readonly HoldingOf[] =>
  holdings.map((holding) => {
    const isForeign = (id: string): boolean => {
      const alias = aliasOf.get(id);
      return alias !== undefined && !aliases.includes(alias);
    };
    const isParted = holding.isParted === true || holding.evidence.some(isForeign);
    return { ...holding, isParted };
  });

/** When and under which alias the last of the evidence was shown, also where that was for an
 *  achievement on which this one stacks. */
const lastOf = (
  { evidence }: Earning,
  { learner, learnings, holdings }: Known,
): { readonly alias: string; readonly time: string } => {
  const named = new Set(evidence);
  const shown = [
    ...learnings
      .filter(({ id }) => named.has(id))
      .map(({ alias, time }) => ({ alias, time: Date.parse(time) })),
    ...holdings
      .filter((holding) => holding.evidence.some((id) => named.has(id)))
      .map(({ alias, earnedAt }) => ({ alias, time: Date.parse(earnedAt) })),
  ];
  const last = shown.toSorted((a, b) => a.time - b.time || (a.alias < b.alias ? -1 : 1)).at(-1);
  return {
    alias: last?.alias ?? learner.aliases[0] ?? '',
    time: new Date(last?.time ?? 0).toISOString(),
  };
};
