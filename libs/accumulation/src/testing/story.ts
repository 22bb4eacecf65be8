import { CommandBus } from '@nestjs/cqrs';
import { AchievementDefinition, type Fact, type Rule } from '#contracts';
import type { StoredEntry } from '#log';
import { AccumulationProjection } from '../accumulation.projection.js';
import { ToAchievement } from '../commands.js';
import { learning, type Sample } from './learnings.js';
import { type Parts, System } from './system.js';

const TABLES = ['learning', 'voiding', 'earned', 'withdrawn', 'seen', 'judged', 'rests_on'];

export const definitionOf = (id: string, rule: Rule): AchievementDefinition =>
  AchievementDefinition.parse({
    id,
    name: id,
    description: id,
    criteria: id,
    type: 'Badge',
    rule,
  });

/** What happens to learners, and what is stated of it. */
export class Story {
  private constructor(
    readonly system: System,
    private readonly parts: Parts & { readonly log: { readonly entries: readonly StoredEntry[] } },
  ) {}

  /** Begins with nothing known. */
  static async begin(parts: Story['parts']): Promise<Story> {
    const system = await System.start(parts);
    await system.rebuild();
    await parts.dataSource.query('truncate accumulation.judged, accumulation.rests_on');
    return new Story(system, parts);
  }

  async alias(provider: string, name = 'amina'): Promise<string> {
    const identity = { account: { homePage: `https://${provider}.example`, name } };
    const [alias = ''] = await this.parts.vault.aliasesFor([{ provider, identity }]);
    return alias;
  }

  async define(id: string, rule: Rule): Promise<void> {
    const command = { provider: 'uni', definition: definitionOf(id, rule) };
    await this.system.get(CommandBus).execute(new ToAchievement({ id, provider: 'uni', command }));
  }

  /** Gives the id of the entry. */
  async learned(alias: string, sample: Sample): Promise<string> {
    const { provider = '', source, eventId, data, time } = learning(sample);
    const [entry] = await this.system.journal.append([
      {
        kind: 'learning-event',
        alias,
        provider,
        time: new Date(time),
        data: { eventSource: source, eventId },
        personal: { ...data },
      },
    ]);
    return entry?.id ?? '';
  }

  /** Voids an event of uni's. Whose it is, a void does not say. */
  async voided(id: string, provider = 'uni'): Promise<void> {
    const target = { source: 'urn:llcl:uni:lms', id };
    const eventSource = `urn:llcl:${provider}:lms`;
    const data = {
      eventSource,
      eventId: `void-${id}`,
      target,
      reason: 'entered-in-error',
    } as const;
    const stream = `void-${provider}-${id}`;
    await this.system.journal.append([
      { kind: 'learning-event-voided', provider, data, stream, version: 1 },
    ]);
  }

  /** States it, and no more: what is stated is carried out by whoever reads it. */
  async claim(person: string, alias: string): Promise<void> {
    await this.parts.vault.createPerson(person);
    const data = { person, alias, provider: 'uni' };
    const at = await this.#next(`alias-${alias}`);
    await this.system.journal.append([{ kind: 'alias-claimed', alias, data, ...at }]);
  }

  async release(person: string, alias: string): Promise<void> {
    const at = await this.#next(`alias-${alias}`);
    await this.system.journal.append([
      { kind: 'alias-released', alias, data: { person, alias }, ...at },
    ]);
  }

  /** States that `merged` goes by `person`, and no more. */
  async merge(person: string, merged: string): Promise<void> {
    await this.parts.vault.createPerson(person);
    const data = { person, merged, mergedAt: '2026-06-01T08:00:00.000Z' };
    await this.#aboutPeople('people-merged', data);
  }

  async split(person: string, merged: string): Promise<void> {
    const data = { person, merged, splitAt: '2026-06-01T09:00:00.000Z' };
    await this.#aboutPeople('people-split', data);
  }

  async #aboutPeople<Kind extends 'people-merged' | 'people-split'>(
    kind: Kind,
    data: Fact<Kind>['data'],
  ): Promise<void> {
    const { homeAlias: alias } = await this.parts.vault.createPerson(data.merged);
    const at = await this.#next(`merge-${data.merged}`);
    await this.system.journal.append([{ kind, alias, data, ...at }]);
  }

  async #next(stream: string): Promise<{ readonly stream: string; readonly version: number }> {
    return { stream, version: (await this.parts.log.readStream(stream)).length + 1 };
  }

  async erase(person: string): Promise<void> {
    const aliases = await this.parts.vault.aliasesOf(person);
    await this.system.journal.append([
      { kind: 'learner-erased', data: { person, aliases: [...aliases] } },
    ]);
    await this.parts.vault.destroy(person);
  }

  get earnings(): readonly StoredEntry[] {
    return this.parts.log.entries.filter(({ kind }) => kind === 'achievement-earned');
  }

  /** What was earned and withdrawn, as "+id" and "-id", in order. */
  async stated(): Promise<readonly string[]> {
    const names = new Map<string, string>();
    const { entries } = this.parts.log;
    const opened = (await this.system.journal.open(entries)) as readonly (
      Fact<'achievement-earned'>['personal'] | undefined
    )[];
    return entries.flatMap(({ kind, data }, n) => {
      const { earnedId } = data as Fact<'achievement-earned'>['data'];
      if (kind === 'achievement-earned') names.set(earnedId, opened[n]?.definition.id ?? '?');
      const name = names.get(earnedId);
      if (kind === 'achievement-earned') return [`+${name}`];
      return kind === 'achievement-withdrawn' ? [`-${name}`] : [];
    });
  }

  /** Why achievements were withdrawn, in order. */
  reasons(): readonly string[] {
    return this.parts.log.entries.flatMap(({ kind, data }) =>
      kind === 'achievement-withdrawn'
        ? [(data as Fact<'achievement-withdrawn'>['data']).reason]
        : [],
    );
  }

  /** All entries once more, in another order, into empty read models. */
  async readAgain(order: 'forwards' | 'backwards'): Promise<void> {
    const { entries: known } = this.parts.log;
    const entries = order === 'forwards' ? [...known] : known.toReversed();
    await this.system.rebuild();
    const projection = this.system.get(AccumulationProjection);
    for (const entry of entries)
      if (projection.topics.some((topic) => topic === entry.topic))
        await this.system.handle(projection, [entry]);
  }

  /** Who holds an achievement, by the read model. */
  async holders(): Promise<readonly string[]> {
    const rows = await this.parts.dataSource.query<{ alias: string }[]>(
      `select alias from accumulation.earned where earned_id not in
         (select earned_id from accumulation.withdrawn) order by alias`,
    );
    return rows.map(({ alias }) => alias);
  }

  /** The rows about learners, as text, by table. */
  async rows(): Promise<readonly { readonly table: string; readonly row: string }[]> {
    const found: { table: string; row: string }[] = [];
    for (const table of TABLES) {
      const rows = await this.parts.dataSource.query<{ row: string }[]>(
        `select t::text as row from accumulation.${table} t where t::text like '%urn:lrn:%'`,
      );
      found.push(...rows.map(({ row }) => ({ table, row })));
    }
    return found;
  }
}
