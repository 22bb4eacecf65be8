import { canonicalJson as jcs } from '#merkle';
import type {
  Statement,
  StatementActivity,
  StatementActor,
  StatementContext,
  SubStatement,
} from '../domain/xapi-statement.js';

/**
 * What makes two statements the same (xAPI 2.0 §4.2.1): not what the store sets, not how things and
 * people are displayed, not the order of a group, not the case of UUIDs, not a duration beyond
 * 0.01 s (§4.2.7). The actor is the alias under whose key the comparison is made; the timestamp is
 * compared beside it, as a moment.
 */
export const comparableStatement = (statement: Statement): string => jcs(said(statement));

/** The same with the actor in it, for who has no key of the actor's: what it returns is personal. */
export const comparableWithActor = (statement: Statement): string =>
  jcs({ actor: who(statement.actor), ...said(statement) });

/** Whether two statements are the same one, sent twice; ids and times count where both say them. */
export const isSameStatement = (one: Statement, other: Statement): boolean =>
  agree(one.id?.toLowerCase(), other.id?.toLowerCase()) &&
  agree(moment(one.timestamp), moment(other.timestamp)) &&
  comparableWithActor(one) === comparableWithActor(other);

const agree = <T>(one: T | undefined, other: T | undefined): boolean =>
  one === undefined || other === undefined || one === other;

const moment = (time: string | undefined): number | undefined =>
  time === undefined ? undefined : Date.parse(time);

const said = ({
  verb,
  object,
  result,
  context,
  attachments,
}: Statement | SubStatement): object => ({
  verb: verb.id,
  object: comparableObject(object),
  result: result && { ...result, duration: comparableDuration(result.duration) },
  context: context && comparableContext(context),
  attachments: attachments?.length ? attachments.map(({ sha2 }) => sha2.toLowerCase()) : undefined,
});

const comparableObject = (object: Statement['object']): object => {
  if (object.objectType === 'StatementRef') return { ...object, id: object.id.toLowerCase() };
  if (object.objectType === 'Agent' || object.objectType === 'Group') return who(object);
  if (object.objectType !== 'SubStatement') return { objectType: 'Activity', id: object.id };
  const { objectType, actor, timestamp } = object;
  return { objectType, actor: who(actor), timestamp: moment(timestamp), ...said(object) };
};

/** Who it is, whatever they are called. */
const who = (actor: StatementActor): object => {
  const { objectType = 'Agent', mbox, mbox_sha1sum, openid, account, member } = actor;
  return {
    objectType,
    mbox,
    mbox_sha1sum: mbox_sha1sum?.toLowerCase(),
    openid,
    account,
    member: member?.map((one) => jcs(who(one))).toSorted(),
  };
};

const comparableContext = (context: StatementContext): object => {
  const { registration, contextActivities, statement, instructor, team } = context;
  const { contextAgents, contextGroups } = context;
  return {
    ...context,
    registration: registration?.toLowerCase(),
    instructor: instructor && who(instructor),
    team: team && who(team),
    statement: statement && { ...statement, id: statement.id.toLowerCase() },
    contextActivities: contextActivities && activityIds(contextActivities),
    contextAgents: contextAgents?.map((one) => ({ ...one, agent: who(one.agent) })),
    contextGroups: contextGroups?.map((one) => ({ ...one, group: who(one.group) })),
  };
};

/** One activity means a list of one, and what activities are called does not matter. */
const activityIds = (
  activities: NonNullable<StatementContext['contextActivities']>,
): Record<string, readonly string[]> =>
  Object.fromEntries(
    Object.entries(activities).map(([name, listed]) => [name, [listed].flat().map(idOf)]),
  );
const idOf = ({ id }: StatementActivity): string => id;

const DURATION =
  /^P(?=.)(?:([\d.]+)W)?(?:([\d.]+)D)?(?:T(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?$/u;
const SECONDS = [604_800, 86_400, 3_600, 60, 1];
/** Above the error of adding the parts up, below what could matter. */
const ROUNDING = 1e-6;

/** In hundredths of a second, cut off; as it stands where years or months have no fixed length. */
const comparableDuration = (duration: string | undefined): string | number | undefined => {
  const said = duration?.replaceAll(',', '.');
  const parts = DURATION.exec(said ?? '')?.slice(1);
  if (!parts) return said;
  const seconds = parts.reduce((sum, part, n) => sum + Number(part ?? 0) * (SECONDS[n] ?? 0), 0);
  return Number.isFinite(seconds) ? Math.floor(seconds * 100 + ROUNDING) : said;
};
