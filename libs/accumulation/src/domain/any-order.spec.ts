import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { AchievementDefinition, type Rule } from '#contracts';
import { learning, noon } from '../testing/learnings.js';
import { byBusiness, type Learning } from './learning.js';
import { currentRevisions, type Voiding } from './revisions.js';
import { asksWhen, type Definition, type Holding, settle } from './settlement.js';

const ALIASES = ['a', 'b', 'c'] as const;
type Alias = (typeof ALIASES)[number];
type Event = Learning & { readonly alias: Alias };
/** A decision about an alias, by its place in the alias' stream: claimed by somebody or released. */
interface Link {
  readonly alias: Alias;
  readonly version: number;
  readonly person: string | undefined;
}
/** Whom somebody goes by, by its place in the stream about them; undefined for themselves. */
interface Merging {
  readonly person: string;
  readonly version: number;
  readonly into: string | undefined;
}
type Published = Omit<Definition, 'until'> & { readonly recordedAt: string };
type Delivery =
  | { readonly event: Event }
  | { readonly voiding: Voiding }
  | { readonly link: Link }
  | { readonly merging: Merging }
  | { readonly published: Published };
type Held = Holding & { readonly alias: Alias; readonly afterRelease: number };

const EVENTS_MAX = 8;
const COURSES = ['x', 'y'];
const course = (letter: string): string => `https://uni.example/${letter}`;
const minute = (n: number): string => new Date(Date.UTC(2026, 5, 1, 8, n)).toISOString();

/** What the projection does with batches, in memory. */
class Reader {
  readonly #events: Event[] = [];
  readonly #voids: Voiding[] = [];
  readonly #links: Link[] = [];
  readonly #mergings: Merging[] = [];
  readonly #published: Published[] = [];
  #held: readonly Held[] = [];
  #stated = 0;

  read(batch: readonly Delivery[]): void {
    for (const each of batch)
      if ('event' in each) this.#events.push(each.event);
      else if ('voiding' in each) this.#voids.push(each.voiding);
      else if ('link' in each) this.#links.push(each.link);
      else if ('merging' in each) this.#mergings.push(each.merging);
      else this.#published.push(each.published);
    const recheck =
      batch.some((each) => !('event' in each)) ||
      this.#events.some(({ data }) => data.supersedes) ||
      asksWhen(this.#definitions());
    for (const aliases of this.#learners()) this.#judge(aliases, recheck);
  }

  /** What each learner holds in the end. */
  get outcome(): readonly string[] {
    return this.#learners()
      .map((aliases) => {
        const own = this.#held.filter(({ alias }) => aliases.includes(alias));
        return `${aliases.join('+')}: ${own
          .map(({ definition: { id } }) => id)
          .toSorted()
          .join()}`;
      })
      .toSorted();
  }

  /** What is wrong with the evidence of what is held. */
  get faults(): readonly string[] {
    const counting = new Set(currentRevisions(this.#events, this.#voids).map(({ id }) => id));
    const ownerOf = new Map(this.#events.map(({ id, alias }) => [id, alias]));
    return this.#learners().flatMap((aliases) =>
      this.#held
        .filter(({ alias }) => aliases.includes(alias))
        .flatMap(({ evidence }) => evidence)
        .filter((id) => counting.has(id) && !aliases.includes(ownerOf.get(id) ?? 'a')),
    );
  }

  get holdings(): number {
    return this.#held.length;
  }

  #last(alias: Alias): Link | undefined {
    const own = this.#links.filter((link) => link.alias === alias);
    return own.toSorted((a, b) => a.version - b.version).at(-1);
  }

  #lastRelease(alias: Alias): number {
    const own = this.#links.filter((link) => link.alias === alias && link.person === undefined);
    return Math.max(0, ...own.map(({ version }) => version));
  }

  #goesBy(person: string): string {
    const own = this.#mergings.filter((each) => each.person === person);
    return own.toSorted((a, b) => a.version - b.version).at(-1)?.into ?? person;
  }

  #learners(): readonly (readonly Alias[])[] {
    const byOwner = new Map<string, Alias[]>();
    for (const alias of ALIASES) {
      const person = this.#last(alias)?.person;
      const owner = person === undefined ? alias : this.#goesBy(person);
      byOwner.set(owner, [...(byOwner.get(owner) ?? []), alias]);
    }
    return [...byOwner.values()];
  }

  #definitions(): readonly Definition[] {
    return this.#published.map((each) => {
      const { id } = each.definition;
      const [next] = this.#published
        .filter(({ definition, version }) => definition.id === id && version > each.version)
        .toSorted((a, b) => a.version - b.version);
      return { ...each, until: next?.recordedAt };
    });
  }

  #judge(aliases: readonly Alias[], recheck: boolean): void {
    const learnings = currentRevisions(this.#events, this.#voids).filter(({ alias }) =>
      aliases.includes(alias),
    );
    const ownerOf = new Map(this.#events.map(({ id, alias }) => [id, alias]));
    const definitions = this.#definitions();
    const holdings = this.#held
      .filter(({ alias }) => aliases.includes(alias))
      .map((each) => ({
        ...each,
        until: definitions.find(
          ({ definition, version }) =>
            definition.id === each.definition.id && version === each.version,
        )?.until,
        isParted:
          each.afterRelease < this.#lastRelease(each.alias) ||
          each.evidence.some((id) => !aliases.includes(ownerOf.get(id) ?? 'a')),
      }));
    const { withdraw, duplicates, earn } = settle({ learnings, definitions, holdings, recheck });
    const gone = new Set([...withdraw, ...duplicates].map((each) => each.earnedId));
    this.#held = [
      ...this.#held.filter(({ earnedId }) => !gone.has(earnedId)),
      ...earn.map((each): Held => {
        const named = learnings.filter(({ id }) => each.evidence.includes(id));
        const last = named.toSorted(byBusiness).at(-1);
        const alias = last?.alias ?? aliases[0] ?? 'a';
        this.#stated += 1;
        return {
          ...each,
          alias,
          earnedId: `ach_${this.#stated}`,
          earnedAt: last?.time,
          afterRelease: this.#lastRelease(alias),
        };
      }),
    ];
  }
}

/** Where a quality assurance body corrects for the provider; it says nothing new. */
const sourceOf = (draft?: { readonly corrects: number | null; readonly isForAnother: boolean }) =>
  draft?.isForAnother === true && draft.corrects !== null
    ? 'urn:llcl:qa:for.uni.lms'
    : 'urn:llcl:uni:lms';
const events = fc
  .array(
    fc.record({
      alias: fc.constantFrom(...ALIASES),
      letter: fc.constantFrom(...COURSES),
      verb: fc.constantFrom('passed' as const, 'passed' as const, 'completed' as const),
      score: fc.integer({ min: 2, max: 10 }),
      day: fc.nat(4),
      revision: fc.option(fc.integer({ min: 1, max: 3 })),
      corrects: fc.option(fc.nat(EVENTS_MAX - 1), { freq: 1 }),
      isTwice: fc.boolean(),
      isForAnother: fc.boolean(),
    }),
    { minLength: 3, maxLength: EVENTS_MAX },
  )
  .map((drafts) =>
    drafts.flatMap((draft, n) => {
      const { alias, letter, verb, score, day, revision, corrects, isTwice } = draft;
      const event: Event = {
        ...learning({
          id: `evt_${n}`,
          eventId: `e${n}`,
          seq: n,
          activity: course(letter),
          verb,
          time: noon(day),
          result: { score: { raw: score, max: 10 } },
          source: sourceOf(draft),
          supersedes: corrects === null ? undefined : `e${corrects}`,
          supersedesSource: sourceOf(drafts[corrects ?? n]),
        }),
        alias,
        recordedAt: minute(2 * n),
        ...(revision === null ? {} : { revision }),
      };
      return isTwice ? [event, event] : [event];
    }),
  );
const voids = fc
  .array(fc.nat(EVENTS_MAX - 1), { maxLength: 2 })
  .map((list) =>
    list.map((n) => ({ provider: 'uni', target: { source: 'urn:llcl:uni:lms', id: `e${n}` } })),
  );
const links = fc
  .tuple(
    ...ALIASES.map((alias) =>
      fc
        .array(fc.constantFrom('per_1', 'per_1', 'per_2', undefined), { maxLength: 4 })
        .map((owners) => owners.map((person, n): Link => ({ alias, version: n + 1, person }))),
    ),
  )
  .map((each) => each.flat());
/** Merged, parted, merged again, as it ends. */
const mergings = fc.nat(4).map((count) =>
  Array.from({ length: count }, (_, n): Merging => ({
    person: 'per_2',
    version: n + 1,
    into: n % 2 === 0 ? 'per_1' : undefined,
  })),
);
const rule: fc.Arbitrary<Rule> = fc.letrec<{ rule: Rule }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom(...COURSES).map((each) => ({ passed: course(each), minScore: 0.5 })),
    fc.constantFrom(...COURSES).map((each) => ({ completed: course(each) })),
    fc.integer({ min: 1, max: 2 }).map((n) => ({ nOf: n, activities: COURSES.map(course) })),
    fc.constantFrom('one', 'two').map((achievement) => ({ achievement })),
    fc.array(tie('rule'), { minLength: 1, maxLength: 2 }).map((all) => ({ all })),
    fc.array(tie('rule'), { minLength: 1, maxLength: 2 }).map((any) => ({ any })),
  ),
})).rule;
const versionsOf = (id: string): fc.Arbitrary<readonly Published[]> =>
  fc.array(fc.tuple(rule, fc.nat(8)), { minLength: 1, maxLength: 3 }).map((drafts) => {
    let at = -1;
    return drafts.map(([each, later], n) => {
      at += n === 0 ? 0 : 2 * later + 2;
      const text = { id, name: id, description: id, criteria: id, type: 'Badge' as const };
      const definition = AchievementDefinition.parse({ ...text, rule: each });
      return { provider: 'uni', version: n + 1, definition, recordedAt: minute(at) };
    });
  });

describe('records, corrections, voids, duplicates, claims, merges, splits and versions in any order', () => {
  const scenario = fc
    .record({ events, voids, links, mergings, one: versionsOf('one'), two: versionsOf('two') })
    .chain((drawn) => {
      const all: readonly Delivery[] = [
        ...[...drawn.one, ...drawn.two].map((published) => ({ published })),
        ...drawn.events.map((event) => ({ event })),
        ...drawn.voids.map((voiding) => ({ voiding })),
        ...drawn.links.map((link) => ({ link })),
        ...drawn.mergings.map((merging) => ({ merging })),
      ];
      return fc.record({
        all: fc.constant(all),
        shuffled: fc.shuffledSubarray([...all], { minLength: all.length }),
        cuts: fc.array(fc.nat(all.length), { maxLength: all.length }),
      });
    });

  it('give every learner the same achievements, on evidence of their own', () => {
    let earnedSome = 0;
    fc.assert(
      fc.property(scenario, ({ all, shuffled, cuts }) => {
        const atOnce = new Reader();
        atOnce.read(all);
        const oneByOne = new Reader();
        const borders = [0, ...cuts.toSorted((x, y) => x - y), shuffled.length];
        for (const [n, end] of borders.slice(1).entries())
          oneByOne.read(shuffled.slice(borders[n], end));
        expect(oneByOne.outcome).toEqual(atOnce.outcome);
        expect(oneByOne.faults).toEqual([]);
        if (atOnce.holdings > 0) earnedSome += 1;
      }),
      { numRuns: 1_000 },
    );
    // The property would hold as well if nothing were ever earned.
    expect(earnedSome).toBeGreaterThan(500);
  });
});
