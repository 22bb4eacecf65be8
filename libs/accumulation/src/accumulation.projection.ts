import { Injectable } from '@nestjs/common';
import type { EntryKind, Fact, Message } from '#contracts';
import { type Projection, ProjectionHandler, type Transaction } from '#log';
import { AchievementJudge, type Change } from './achievement-judge.js';
import { type Bearing, Bearings } from './bearings.js';
import { DefinitionStore } from './definition-store.js';
import { EarnedStore } from './earned-store.js';
import { type Learner, Learners } from './learners.js';
import { LearningStore, type NewLearning, type Touch } from './learning-store.js';
import { Places } from './places.js';
import { SubjectIndex } from './subject-index.js';

/** What a batch changed, by alias. */
class Changes {
  readonly #byAlias = new Map<
    string,
    { subjects: Set<string>; achievements: Set<string>; recheck: boolean }
  >();

  note(alias: string, change: Partial<Omit<Change, 'learner'>>): void {
    const known = this.#byAlias.get(alias) ?? {
      subjects: new Set(),
      achievements: new Set(),
      recheck: false,
    };
    for (const subject of change.subjects ?? []) known.subjects.add(subject);
    for (const achievement of change.achievements ?? []) known.achievements.add(achievement);
    known.recheck ||= change.recheck ?? false;
    this.#byAlias.set(alias, known);
  }

  get aliases(): readonly string[] {
    return [...this.#byAlias.keys()];
  }

  of(learner: Change['learner']): Change {
    const parts = learner.aliases.flatMap((alias) => this.#byAlias.get(alias) ?? []);
    return {
      learner,
      subjects: new Set(parts.flatMap(({ subjects }) => [...subjects])),
      achievements: new Set(parts.flatMap(({ achievements }) => [...achievements])),
      recheck: parts.some(({ recheck }) => recheck),
    };
  }
}

const LOCK = `hashtext('accumulation')`;
const ALONE = `select pg_advisory_xact_lock(${LOCK})`;
const BESIDE_OTHERS = `savepoint beside_others; select pg_advisory_xact_lock_shared(${LOCK})`;
const ALONE_AFTER_ALL = `rollback to savepoint beside_others; ${ALONE}`;

/** Whether events lead to nothing but being kept. */
const isNothing = ({ asked, linked }: Bearing): boolean => asked.length + linked.length === 0;

/**
 * Folds learning events against achievement definitions. A batch is kept first; then the learners
 * it touches are judged by the definitions it touches, under one lock until it is committed: two
 * batches at once could each miss what the other is about to commit, and nothing would look again.
 * Whoever has the lock later sees what was kept before it, so that learning events, which are most
 * of it, are kept by several batches at once. Batches of nothing but events that nothing asks about,
 * and that correct nothing, share the lock: none of them changes what another leads to. Whether they
 * are such is told once they have it; if they are not, they give it back and wait to be alone.
 */
@Injectable()
@ProjectionHandler()
export class AccumulationProjection implements Projection {
  readonly name = 'accumulation';
  readonly topics = ['learning-events.v1', 'identity.v1', 'achievements.v1'] as const;
  readonly tables = [
    'accumulation.learning',
    'accumulation.voiding',
    'accumulation.earned',
    'accumulation.withdrawn',
    'accumulation.definition_subject',
    'accumulation.definition_version',
    'accumulation.definition',
    'accumulation.released',
    'accumulation.seen',
    'accumulation.postponed',
  ];
  /** Whether something was asked about the batch before, so that it is likely of the next one. */
  #wasAsked = false;

  constructor(
    private readonly learnings: LearningStore,
    private readonly bearings: Bearings,
    private readonly definitions: DefinitionStore,
    private readonly earnings: EarnedStore,
    private readonly learners: Learners,
    private readonly places: Places,
    private readonly judge: AchievementJudge,
    private readonly index: SubjectIndex,
  ) {}

  async handle(batch: readonly Message[], tx: Transaction): Promise<void> {
    const messages = await this.learners.withoutErased(batch);
    const of = (kind: EntryKind): readonly Message[] =>
      messages.filter((message) => message.kind === kind);
    const learnings = await this.learnings.open(of('learning-event'));
    await this.learnings.add(tx, learnings);
    const voids = of('learning-event-voided');
    const bearing = await this.#enter(tx, messages, learnings, voids);

    const changes = new Changes();
    await this.#learned(tx, bearing, voids, changes);
    await this.#stated(tx, of('achievement-earned'), of('achievement-withdrawn'), changes);
    for (const message of of('achievement-defined')) await this.#defined(tx, message, changes);
    await this.#linked(tx, of('alias-claimed'), of('alias-released'), changes);
    await this.#merged(tx, [...of('people-merged'), ...of('people-split')], changes);
    await this.#erased(tx, of('learner-erased'));

    if (changes.aliases.length === 0 && of('achievement-defined').length === 0) return;
    const touched = await this.learners.of(changes.aliases);
    const known = await this.places.known(tx, touched);
    await this.#postpone(tx, touched, known, changes);
    const aliases = known.flatMap((learner) => learner.aliases);
    const judged = [
      ...aliases,
      ...(await this.places.under(tx, aliases)),
      ...of('achievement-defined').flatMap(({ stream }) => stream ?? []),
    ];
    await this.judge.judge(
      tx,
      known.map((learner) => changes.of(learner)),
      () => this.places.keep(tx, judged),
    );
    await this.places.judge(tx, judged);
  }

  /** Takes the lock, alone or beside others. Out: what the events lead to, now that it has it. */
  async #enter(
    tx: Transaction,
    messages: readonly Message[],
    learnings: readonly NewLearning[],
    voids: readonly Message[],
  ): Promise<Bearing> {
    const under = async (lock: string): Promise<Bearing> => {
      await tx.query(lock);
      await this.places.see(
        tx,
        messages.filter(({ kind }) => kind !== 'learner-erased'),
      );
      await this.learnings.addVoids(tx, voids);
      return this.bearings.of(tx, learnings);
    };
    if (messages.some(({ kind }) => kind !== 'learning-event')) return under(ALONE);
    let bearing = await under(this.#wasAsked ? ALONE : BESIDE_OTHERS);
    if (!this.#wasAsked && !isNothing(bearing)) bearing = await under(ALONE_AFTER_ALL);
    this.#wasAsked = !isNothing(bearing);
    return bearing;
  }

  /** Remembers whom it passes over; who can be judged again is looked at as a whole. */
  async #postpone(
    tx: Transaction,
    touched: readonly Learner[],
    known: readonly Learner[],
    changes: Changes,
  ): Promise<void> {
    const later = touched.filter((learner) => !known.includes(learner));
    if (later.length > 0)
      await this.places.postpone(
        tx,
        later.flatMap(({ aliases }) => aliases),
      );
    const aliases = known.flatMap((learner) => learner.aliases);
    for (const alias of await this.places.resumed(tx, aliases))
      await this.#noteAll(tx, [alias], true, changes);
  }

  /** Everything about these has to be looked at. */
  async #noteAll(
    tx: Transaction,
    aliases: readonly string[],
    recheck: boolean,
    changes: Changes,
  ): Promise<void> {
    const subjects = await this.learnings.subjectsOf(tx, aliases);
    const achievements = await this.earnings.achievementsOf(tx, aliases);
    for (const alias of aliases)
      changes.note(alias, {
        subjects: new Set([...subjects, this.index.anyActivity]),
        achievements: new Set(achievements),
        recheck,
      });
  }

  async #learned(
    tx: Transaction,
    { asked, linked }: Bearing,
    voids: readonly Message[],
    changes: Changes,
  ): Promise<void> {
    const note = ({ alias, subject }: Touch, recheck: boolean): void =>
      changes.note(alias, { subjects: new Set([subject, this.index.anyActivity]), recheck });
    for (const touch of asked) note(touch, false);
    const ids = [...linked.map(({ message }) => message), ...voids].map(({ id }) => id);
    if (ids.length === 0) return;
    const undone = await this.learnings.undone(tx, ids);
    for (const touch of undone) note(touch, true);
    if (undone.length > 0) await this.places.rest(tx, ids);
  }

  /** What we stated comes back: looked at again, as the facts may have changed meanwhile. */
  async #stated(
    tx: Transaction,
    earned: readonly Message[],
    withdrawn: readonly Message[],
    changes: Changes,
  ): Promise<void> {
    if (earned.length + withdrawn.length === 0) return;
    for (const { alias, achievement } of [
      ...(await this.earnings.add(tx, earned)),
      ...(await this.earnings.withdraw(tx, withdrawn)),
    ])
      changes.note(alias, { achievements: new Set([achievement]), recheck: true });
  }

  /** A new version is judged for everybody who has learned what it asks about. */
  async #defined(tx: Transaction, { data, recordedAt }: Message, changes: Changes): Promise<void> {
    const defined = data as Fact<'achievement-defined'>['data'];
    await this.definitions.put(tx, defined, recordedAt);
    const achievement = this.index.ofAchievement(defined.definition.id);
    const subjects = this.index.ofDefinition(defined.definition);
    const everybody = subjects.includes(this.index.anyActivity);
    for (const alias of [
      ...(await this.learnings.aliasesBySubject(tx, everybody ? undefined : subjects)),
      ...(await this.earnings.aliasesByAchievement(tx, subjects)),
    ])
      changes.note(alias, { achievements: new Set([achievement]) });
    // Read late, a version takes what it should have judged from the one before.
    if (defined.version > 1)
      for (const alias of await this.earnings.aliasesByAchievement(tx, [achievement]))
        changes.note(alias, { achievements: new Set([achievement]), recheck: true });
  }

  /** A claim brings facts together, a release parts them: what is held is looked at again. */
  async #linked(
    tx: Transaction,
    claimed: readonly Message[],
    released: readonly Message[],
    changes: Changes,
  ): Promise<void> {
    await this.learners.follow([...claimed, ...released]);
    await this.earnings.release(tx, released);
    for (const { data } of [...claimed, ...released]) {
      const { alias, person } = data as Fact<'alias-released'>['data'];
      const aliases = [alias, ...(await this.learners.aliasesOf(person))];
      await this.#noteAll(tx, aliases, true, changes);
    }
  }

  /**
   * People who are one hold together what each held, and once what both did; parted, each what they
   * hold by themselves. Nothing was shown by the wrong person, so no credential is issued anew for
   * that alone.
   */
  async #merged(tx: Transaction, decisions: readonly Message[], changes: Changes): Promise<void> {
    await this.learners.followMerges(decisions);
    for (const { data } of decisions) {
      const { person, merged } = data as Fact<'people-split'>['data'];
      for (const each of new Set([person, merged]))
        await this.#noteAll(tx, await this.learners.aliasesOf(each), true, changes);
    }
  }

  async #erased(tx: Transaction, erasures: readonly Message[]): Promise<void> {
    const aliases = erasures.flatMap(
      ({ data }) => (data as Fact<'learner-erased'>['data']).aliases,
    );
    if (aliases.length === 0) return;
    await this.learnings.forget(tx, aliases);
    await this.earnings.forget(tx, aliases);
    await this.places.forget(tx, aliases);
  }
}
