import type {
  LanguageMap,
  Statement,
  StatementActivity,
  StatementActor,
  StatementContext,
  SubStatement,
} from '../domain/xapi-statement.js';
import { defined } from '../domain/defined.js';

export const STATEMENT_FORMATS = ['exact', 'ids', 'canonical'] as const;
export type StatementForm = (typeof STATEMENT_FORMATS)[number];

type Definition = NonNullable<StatementActivity['definition']>;
type Thing = Statement['object'];
/** What becomes of each part of a statement in a format. */
interface Forms {
  readonly actor: (actor: StatementActor) => StatementActor;
  readonly verb: (verb: Statement['verb']) => Statement['verb'];
  readonly activity: (activity: StatementActivity) => StatementActivity;
}

/** As `ids` says it: nothing but what identifies things (1.0.3 part 3 §2.1.3). */
export const withIdsOnly = (statement: Statement): Statement => reformed(statement, IDS);

/**
 * As `canonical` says it: one language for what activities and verbs are called, agents as they
 * were sent. `definitionOf` says what the store knows an activity to be; without it, or where it
 * knows nothing, the statement's own definition stands.
 */
export const canonicalStatement = (
  statement: Statement,
  acceptLanguage: string | undefined,
  definitionOf?: (activityId: string) => Definition | undefined,
): Statement => {
  const ranges = languageRanges(acceptLanguage);
  const oneOf = (map: LanguageMap): LanguageMap => inOneLanguage(map, ranges);
  return reformed(statement, {
    actor: (actor) => actor,
    verb: (verb) => ({ ...verb, ...defined({ display: verb.display && oneOf(verb.display) }) }),
    activity: (activity) => {
      const definition = definitionOf?.(activity.id) ?? activity.definition;
      return definition ? { ...activity, definition: inWords(definition, oneOf) } : activity;
    },
  });
};

/**
 * As `exact` says it, which is how it is kept: as it was sent, but that a single context activity
 * is a list of one (1.0.3 part 2 §2.4.6.2).
 */
export const withActivityLists = (statement: Statement): Statement => {
  const { object, context } = statement;
  const inner = object.objectType === 'SubStatement' ? object : undefined;
  if (!context?.contextActivities && !inner?.context?.contextActivities) return statement;
  return {
    ...statement,
    ...(context && { context: withLists(context) }),
    ...(inner?.context && { object: { ...inner, context: withLists(inner.context) } }),
  };
};

const withLists = (context: StatementContext): StatementContext =>
  eachActivity(context, (activity) => activity);

const reformed = (statement: Statement, forms: Forms): Statement => ({
  ...said(statement, forms),
  ...defined({ authority: statement.authority && forms.actor(statement.authority) }),
});

const said = <T extends Statement | SubStatement>(part: T, forms: Forms): T => ({
  ...part,
  actor: forms.actor(part.actor),
  verb: forms.verb(part.verb),
  object: thing(part.object, forms),
  ...defined({ context: part.context && around(part.context, forms) }),
});

const thing = (object: Thing, forms: Forms): Thing => {
  if (object.objectType === 'SubStatement') return said(object, forms);
  if (object.objectType === 'StatementRef') return object;
  if (object.objectType === 'Agent' || object.objectType === 'Group')
    return { ...forms.actor(object), objectType: object.objectType };
  return forms.activity(object);
};

const around = (context: StatementContext, forms: Forms): StatementContext => {
  const { instructor, team, contextAgents, contextGroups } = context;
  return {
    ...eachActivity(context, forms.activity),
    ...defined({
      instructor: instructor && forms.actor(instructor),
      team: team && forms.actor(team),
      contextAgents: contextAgents?.map((one) => ({ ...one, agent: forms.actor(one.agent) })),
      contextGroups: contextGroups?.map((one) => ({ ...one, group: forms.actor(one.group) })),
    }),
  };
};

const eachActivity = (context: StatementContext, form: Forms['activity']): StatementContext =>
  context.contextActivities
    ? {
        ...context,
        contextActivities: Object.fromEntries(
          Object.entries(context.contextActivities).map(([name, activities]) => [
            name,
            [activities].flat().map((activity) => form(activity)),
          ]),
        ),
      }
    : context;

const identity = (actor: StatementActor): StatementActor => {
  const { objectType, mbox, mbox_sha1sum, openid, account, member } = actor;
  const identifier = defined({ mbox, mbox_sha1sum, openid, account });
  const named = Object.keys(identifier).length > 0;
  return {
    ...defined({ objectType }),
    ...identifier,
    // An anonymous group is who is in it.
    ...(!named && member && { member: member.map(identity) }),
  };
};

const IDS: Forms = {
  actor: identity,
  verb: ({ id }) => ({ id }),
  activity: ({ id }) => ({ id }),
};

const inWords = (definition: Definition, oneOf: (map: LanguageMap) => LanguageMap): Definition => {
  const { name, description } = definition;
  const words = (components: Definition['choices']): Definition['choices'] =>
    components?.map((one) => ({
      ...one,
      ...defined({ description: one.description && oneOf(one.description) }),
    }));
  return {
    ...definition,
    ...defined({
      name: name && oneOf(name),
      description: description && oneOf(description),
      choices: words(definition.choices),
      scale: words(definition.scale),
      source: words(definition.source),
      target: words(definition.target),
      steps: words(definition.steps),
    }),
  };
};

/** More wishes than these are nobody's. */
const RANGES_MAX = 32;

/** The language ranges of an Accept-Language header (RFC 9110 §12.5.4), the dearest first. */
const languageRanges = (acceptLanguage = ''): readonly string[] =>
  acceptLanguage
    .split(',', RANGES_MAX)
    .map((part) => {
      const [range = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
      const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
      return { range, q: Number(q) };
    })
    .filter(({ range, q }) => range !== '' && range !== '*' && q > 0)
    .toSorted((a, b) => b.q - a.q)
    .map(({ range }) => range);

/**
 * The entry that RFC 4647 §3.4 looks up; where that finds none, one of a narrower language than
 * was asked for (§3.3.1), or else the first.
 */
const inOneLanguage = (map: LanguageMap, ranges: readonly string[]): LanguageMap => {
  const tags = Object.keys(map);
  const [first] = tags;
  if (first === undefined) return map;
  const byTag = new Map(tags.map((tag) => [tag.toLowerCase(), tag]));
  const found =
    firstOf(ranges, (range) => lookUp(range, byTag)) ??
    firstOf(ranges, (range) => tags.find((tag) => tag.toLowerCase().startsWith(`${range}-`))) ??
    first;
  return { [found]: map[found] ?? '' };
};

const firstOf = (
  ranges: readonly string[],
  find: (range: string) => string | undefined,
): string | undefined => {
  for (const range of ranges) {
    const found = find(range);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** Cuts the range from its end until it is found: en-gb-oed, en-gb, en. */
const lookUp = (range: string, byTag: ReadonlyMap<string, string>): string | undefined => {
  const subtags = range.split('-');
  while (subtags.length > 0) {
    const found = byTag.get(subtags.join('-'));
    if (found !== undefined) return found;
    subtags.pop();
    // A singleton says what follows it: alone it means nothing.
    if (subtags.at(-1)?.length === 1) subtags.pop();
  }
  return undefined;
};
