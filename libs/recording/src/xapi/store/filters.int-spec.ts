import { createHash, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createService, loadConfig } from '#platform';
import { statement } from '../../testing/samples.js';
import { usingXapiStore } from '../../testing/xapi-store.js';

const RUNS = 12;
const tenants = Array.from({ length: RUNS }, (_, n) => `tenant-${n}`);
const store = usingXapiStore(
  (definition, settings) => createService(definition, loadConfig(settings)),
  ...tenants,
);

const mail = (name: string) => `mailto:${name}@filters.example`;
const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');
/** Each person in all the ways in which a statement or a filter may name them. */
const people = {
  ada: [{ mbox: mail('ada') }, { mbox_sha1sum: sha1(mail('ada')) }],
  ben: [{ account: { homePage: 'https://x.example', name: 'ben' } }],
  eve: [{ openid: 'https://id.example/eve' }],
  team: [{ mbox: mail('team') }],
} as const;
type Who = keyof typeof people;
const activities = ['http://x.example/a1', 'http://x.example/a2', 'http://x.example/a3'];
const verbs = ['passed', 'answered', 'experienced'].map(
  (name) => `http://adlnet.gov/expapi/verbs/${name}`,
);
const registrations = [randomUUID(), randomUUID()];

const oneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const personArb = oneOf<Who>('ada', 'ben', 'eve');
/** Somebody, a group without a name, or one with a name; and who that is. */
const actorArb = fc
  .record({ who: personArb, other: personArb, way: fc.nat(1), is: oneOf('one', 'group', 'named') })
  .map(({ who, other, way, is }) => {
    const agent = people[who][way % people[who].length];
    if (is === 'one') return { json: { ...agent, name: who }, who: [who] };
    const member = [agent, people[other][0]];
    return is === 'group'
      ? { json: { objectType: 'Group', member }, who: [who, other] }
      : {
          json: { objectType: 'Group', ...people.team[0], member },
          who: ['team', who, other] as Who[],
        };
  });
const activityArb = oneOf(...activities);
const objectArb = fc.oneof(
  { weight: 4, arbitrary: activityArb.map((id) => ({ is: 'activity' as const, id })) },
  { weight: 1, arbitrary: personArb.map((who) => ({ is: 'agent' as const, who })) },
  {
    weight: 1,
    arbitrary: fc
      .record({ actor: actorArb, verb: oneOf(...verbs), id: activityArb })
      .map((one) => ({ is: 'sub' as const, ...one })),
  },
  { weight: 3, arbitrary: fc.nat(30).map((to) => ({ is: 'reference' as const, to })) },
);
const statementArb = fc.record({
  actor: actorArb,
  verb: oneOf(...verbs),
  object: objectArb,
  registration: fc.option(oneOf(...registrations), { nil: undefined }),
  instructor: fc.option(personArb, { nil: undefined }),
  parent: fc.option(activityArb, { nil: undefined }),
  cut: fc.boolean(),
});
type Drawn = typeof statementArb extends fc.Arbitrary<infer T> ? T : never;
const queryArb = fc.record(
  {
    agent: oneOf<Who>('ada', 'ben', 'eve', 'team'),
    way: fc.nat(1),
    verb: oneOf(...verbs),
    activity: activityArb,
    registration: oneOf(...registrations),
    related_agents: fc.boolean(),
    related_activities: fc.boolean(),
    since: fc.nat(20),
    until: fc.nat(20),
    limit: fc.integer({ min: 0, max: 7 }),
    ascending: fc.boolean(),
  },
  { requiredKeys: [] },
);
type Query = typeof queryArb extends fc.Arbitrary<infer T> ? T : never;

/** A statement as the model knows it: by what it is found. */
interface Known {
  readonly id: string;
  readonly target: string | undefined;
  readonly agents: readonly Who[];
  readonly related: readonly Who[];
  readonly verb: string;
  readonly activities: readonly string[];
  readonly relatedActivities: readonly string[];
  readonly registration: string | undefined;
}

const known = (
  { actor, verb, object, ...drawn }: Drawn,
  id: string,
  ids: readonly string[],
): Known => ({
  id,
  target: object.is === 'reference' ? ids[object.to % ids.length] : undefined,
  agents: [...actor.who, ...(object.is === 'agent' ? [object.who] : [])],
  related: [
    ...(drawn.instructor === undefined ? [] : [drawn.instructor]),
    ...(object.is === 'sub' ? object.actor.who : []),
  ],
  verb,
  activities: object.is === 'activity' ? [object.id] : [],
  relatedActivities: [
    ...(drawn.parent === undefined ? [] : [drawn.parent]),
    ...(object.is === 'sub' ? [object.id] : []),
  ],
  registration: drawn.registration,
});

const asStatement = ({ actor, verb, object, ...drawn }: Drawn, { id, target }: Known) => ({
  id,
  actor: actor.json,
  verb: { id: verb },
  object:
    object.is === 'activity'
      ? { id: object.id }
      : object.is === 'agent'
        ? { objectType: 'Agent', ...people[object.who][0] }
        : object.is === 'sub'
          ? {
              objectType: 'SubStatement',
              actor: object.actor.json,
              verb: { id: object.verb },
              object: { id: object.id },
            }
          : { objectType: 'StatementRef', id: target },
  timestamp: '2026-05-04T09:00:00Z',
  context: {
    ...(drawn.registration && { registration: drawn.registration }),
    ...(drawn.instructor && { instructor: people[drawn.instructor][0] }),
    ...(drawn.parent && { contextActivities: { parent: { id: drawn.parent } } }),
  },
});

/** Itself and what it points at, and what that points at. */
const chainOf = (one: Known, all: ReadonlyMap<string, Known>): ReadonlySet<Known> => {
  const chain = new Set<Known>();
  for (let next: Known | undefined = one; next && !chain.has(next);) {
    chain.add(next);
    next = next.target === undefined ? undefined : all.get(next.target);
  }
  return chain;
};

const fits = (query: Query, one: Known, all: ReadonlyMap<string, Known>): boolean => {
  const some = (holds: (each: Known) => boolean) => [...chainOf(one, all)].some(holds);
  const { agent, verb, activity, registration } = query;
  return (
    (agent === undefined ||
      some(
        ({ agents, related }) =>
          agents.includes(agent) || (query.related_agents === true && related.includes(agent)),
      )) &&
    (verb === undefined || some((each) => each.verb === verb)) &&
    (activity === undefined ||
      some(
        (each) =>
          each.activities.includes(activity) ||
          (query.related_activities === true && each.relatedActivities.includes(activity)),
      )) &&
    (registration === undefined || some((each) => each.registration === registration))
  );
};

const parametersOf = (query: Query, times: readonly string[]): Record<string, string> => {
  const { agent, way = 0, since, until, ...others } = query;
  const time = (n: number) => times[n % times.length] ?? '';
  return {
    ...Object.fromEntries(Object.entries(others).map(([name, value]) => [name, String(value)])),
    ...(agent === undefined
      ? {}
      : { agent: JSON.stringify(people[agent][way % people[agent].length]) }),
    ...(since === undefined ? {} : { since: time(since) }),
    ...(until === undefined ? {} : { until: time(until) }),
  };
};

describe('the filters of statements', () => {
  it('find what a search through all of them finds, on pages that show each once', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(statementArb, { minLength: 1, maxLength: 14 }),
        fc.array(queryArb, { minLength: 12, maxLength: 12 }),
        async (drawn, queries) => {
          const tenant = store().as(tenants[run++] ?? '');
          // References lead to earlier, later and absent statements, and in circles.
          const ids = Array.from({ length: drawn.length + 1 }, () => randomUUID());
          const model = drawn.map((one, n) => known(one, ids[n] ?? '', ids));
          const all = new Map(model.map((one) => [one.id, one]));
          const batches: object[][] = [[]];
          drawn.forEach((one, n) => {
            if (one.cut) batches.push([]);
            const place = model[n];
            if (place) batches.at(-1)?.push(asStatement(one, place));
          });
          for (const batch of batches) if (batch.length > 0) await tenant.post(batch);

          const listed = (await tenant.list({ ascending: 'true' })).json['statements'] as {
            id: string;
            stored: string;
          }[];
          expect(listed.map(({ id }) => id)).toEqual(model.map(({ id }) => id));
          const storedOf = new Map(listed.map(({ id, stored }) => [id, stored]));
          const times = listed.map(({ stored }) => stored);
          for (const query of queries) {
            const parameters = parametersOf(query, times);
            const expected = model.filter((one) => {
              const stored = storedOf.get(one.id) ?? '';
              return (
                fits(query, one, all) &&
                (parameters['since'] === undefined || stored > parameters['since']) &&
                (parameters['until'] === undefined || stored <= parameters['until'])
              );
            });
            const found = await tenant.pages(parameters);
            const inOrder = query.ascending === true ? expected : expected.toReversed();
            expect({ parameters, found: found.flat() }).toEqual({
              parameters,
              found: inOrder.map(({ id }) => id),
            });
            const limit = query.limit || 500;
            expect(found.map(({ length }) => length)).toEqual(
              found.map((_, n) =>
                n < found.length - 1 ? limit : expected.length - limit * (found.length - 1),
              ),
            );
          }
        },
      ),
      // Each run has a client of its own: there is none left for making a failure smaller.
      { numRuns: RUNS, endOnFailure: true },
    );
  }, 120_000);

  it.each(['true', 'false'])(
    'show each once while others are stored (ascending: %s)',
    async (ascending) => {
      const registration = randomUUID();
      const next = () => ({ ...statement({ context: { registration } }), id: randomUUID() });
      const before = Array.from({ length: 9 }, next);
      await store().post(before);
      const seen: string[] = [];
      const later: string[] = [];
      const query = { registration, ascending, limit: '2' };
      for (let page = await store().list(query); ;) {
        seen.push(...(page.json['statements'] as { id: string }[]).map(({ id }) => id));
        if (page.json['more'] === '') break;
        if (later.length < 4) later.push(...(await store().post([next()])));
        page = await store().request('GET', page.json['more'] as string);
      }
      const first = before.map(({ id }) => id);
      expect(seen).toEqual(ascending === 'true' ? [...first, ...later] : first.toReversed());
    },
  );

  it('find nothing for somebody nobody spoke of, and say nothing else', async () => {
    const agent = JSON.stringify({ mbox: mail('nobody') });
    expect((await store().list({ agent })).json).toEqual({ statements: [], more: '' });
  });
});
