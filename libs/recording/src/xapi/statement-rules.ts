import type { Issue } from '#kernel';
import { momentOf } from '../domain/report.js';
import type {
  Statement,
  StatementActivity,
  StatementActor,
  StatementScore,
  SubStatement,
} from '../domain/xapi-statement.js';
import { VOIDED } from '../domain/xapi-rules.js';

type Told = Issue[];
type Definition = NonNullable<StatementActivity['definition']>;

const IDENTIFIERS = ['mbox', 'mbox_sha1sum', 'openid', 'account'] as const;
/** OAuth: an application and the person it acts for (part 2 §2.4.9). */
const AUTHORITY_MEMBERS = 2;
/** Which kinds of question have which lists (part 2 §2.4.4.1). */
const COMPONENTS = {
  choices: ['choice', 'sequencing'],
  scale: ['likert'],
  source: ['matching'],
  target: ['matching'],
  steps: ['performance'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
const COMPONENT_NAMES = Object.keys(COMPONENTS) as (keyof typeof COMPONENTS)[];

/**
 * What JSON Schema cannot say of a statement whose form is right (part 2 §2.3.2 and §2.4): nothing
 * for one that is as it should be. Pointers begin at the statement.
 */
export const ruleIssues = (statement: Statement): readonly Issue[] => {
  const told: Told = [];
  const { object, authority, stored } = statement;
  partIssues(statement, '#', told);
  if (object.objectType === 'SubStatement') partIssues(object, '#/object', told);
  if (authority !== undefined) authorityIssues(authority, told);
  timeIssues(stored, '#/stored', told);
  if (statement.verb.id === VOIDED && object.objectType !== 'StatementRef')
    tell(told, '#/object', 'A voiding statement points at the statement it voids (StatementRef).');
  return told;
};

/** The same for an agent or group on its own. */
export const actorRuleIssues = (actor: StatementActor): readonly Issue[] => {
  const told: Told = [];
  actorIssues(actor, '#', told);
  return told;
};

const tell = (told: Told, pointer: string, detail: string): void => {
  told.push({ pointer, detail });
};

/** What holds for a statement and for one inside it alike. */
const partIssues = (part: Statement | SubStatement, at: string, told: Told): void => {
  const { actor, object, result, context } = part;
  actorIssues(actor, `${at}/actor`, told);
  if (isActor(object)) actorIssues(object, `${at}/object`, told);
  else if (isActivity(object)) activityIssues(object, `${at}/object`, told);
  if (result?.score) scoreIssues(result.score, `${at}/result/score`, told);
  if (context) contextIssues(context, isActivity(object), `${at}/context`, told);
  timeIssues(part.timestamp, `${at}/timestamp`, told);
};

const isActor = (
  object: Statement['object'],
): object is Extract<Statement['object'], { objectType: 'Agent' | 'Group' }> =>
  object.objectType === 'Agent' || object.objectType === 'Group';
const isActivity = (object: Statement['object']): object is StatementActivity =>
  object.objectType === undefined || object.objectType === 'Activity';

/** An agent has exactly one identifier, a group at most one; without any it names its members. */
const actorIssues = (actor: StatementActor, at: string, told: Told): void => {
  let identifiers = 0;
  for (const name of IDENTIFIERS) if (actor[name] !== undefined) identifiers += 1;
  const isGroup = actor.objectType === 'Group';
  if (identifiers > 1)
    tell(told, at, 'At most one of mbox, mbox_sha1sum, openid and account names somebody.');
  if (identifiers === 0 && !isGroup)
    tell(told, at, 'Name the agent by one of mbox, mbox_sha1sum, openid and account.');
  if (identifiers === 0 && isGroup && !actor.member?.length)
    tell(told, `${at}/member`, 'A group without an identifier has members.');
  for (const [n, member] of actor.member?.entries() ?? [])
    actorIssues(member, `${at}/member/${n}`, told);
};

const authorityIssues = (authority: StatementActor, told: Told): void => {
  const at = '#/authority';
  actorIssues(authority, at, told);
  if (authority.objectType !== 'Group') return;
  if (IDENTIFIERS.some((name) => authority[name] !== undefined))
    tell(told, at, 'An authority that is a group has no identifier.');
  if (authority.member?.length !== AUTHORITY_MEMBERS)
    tell(told, `${at}/member`, 'An authority that is a group has two members.');
};

const contextIssues = (
  context: NonNullable<Statement['context']>,
  ofActivity: boolean,
  at: string,
  told: Told,
): void => {
  const { instructor, team, contextActivities, contextAgents = [], contextGroups = [] } = context;
  for (const name of ['revision', 'platform'] as const)
    if (context[name] !== undefined && !ofActivity)
      tell(told, `${at}/${name}`, 'Only where the object is an activity.');
  if (instructor) actorIssues(instructor, `${at}/instructor`, told);
  if (team) actorIssues(team, `${at}/team`, told);
  for (const [n, { agent }] of contextAgents.entries())
    actorIssues(agent, `${at}/contextAgents/${n}/agent`, told);
  for (const [n, { group }] of contextGroups.entries())
    actorIssues(group, `${at}/contextGroups/${n}/group`, told);
  for (const [name, said] of Object.entries(contextActivities ?? {})) {
    const where = `${at}/contextActivities/${name}`;
    if (!Array.isArray(said)) activityIssues(said as StatementActivity, where, told);
    else
      for (const [n, activity] of (said as readonly StatementActivity[]).entries())
        activityIssues(activity, `${where}/${n}`, told);
  }
};

const activityIssues = ({ definition }: StatementActivity, at: string, told: Told): void => {
  if (definition) definitionIssues(definition, `${at}/definition`, told);
};

const definitionIssues = (definition: Definition, at: string, told: Told): void => {
  const { interactionType, correctResponsesPattern } = definition;
  if (correctResponsesPattern !== undefined && interactionType === undefined)
    tell(told, `${at}/interactionType`, 'Required where there are correct responses.');
  for (const name of COMPONENT_NAMES) {
    const components = definition[name];
    if (components === undefined) continue;
    const fitting: readonly string[] = COMPONENTS[name];
    if (interactionType === undefined)
      tell(told, `${at}/interactionType`, `Required where there is "${name}".`);
    else if (!fitting.includes(interactionType))
      tell(told, `${at}/${name}`, `Only where "interactionType" is ${fitting.join(' or ')}.`);
    const ids = new Set(components.map(({ id }) => id));
    if (ids.size < components.length)
      tell(told, `${at}/${name}`, 'Two of these have the same "id".');
  }
};

const scoreIssues = ({ raw, min, max }: StatementScore, at: string, told: Told): void => {
  if (min !== undefined && max !== undefined && min >= max)
    tell(told, at, '"min" is less than "max".');
  if (raw !== undefined && min !== undefined && raw < min)
    tell(told, at, '"raw" is not less than "min".');
  if (raw !== undefined && max !== undefined && raw > max)
    tell(told, at, '"raw" is not more than "max".');
};

const timeIssues = (time: string | undefined, at: string, told: Told): void => {
  if (time !== undefined && momentOf(time) === undefined)
    tell(told, at, 'No calendar has this time.');
};
