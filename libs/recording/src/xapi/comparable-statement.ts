import { canonicalJson as jcs } from '#merkle';
import type { Statement, StatementActivity } from '../domain/xapi-statement.js';

type ContextActivities = Readonly<
  Record<string, StatementActivity | readonly StatementActivity[] | undefined>
>;

/**
 * What makes two statements the same (xAPI 2.0 §4.2.1): not what the store sets, not how things are
 * displayed, not the case of UUIDs, not a duration beyond 0.01 s (§4.2.7). The actor is the alias
 * under whose key the comparison is made; the timestamp is compared beside it, as a moment.
 */
export const comparableStatement = (statement: Statement): string => {
  const { verb, object, result, context, attachments } = statement;
  return jcs({
    verb: verb.id,
    object: comparableObject(object),
    result: result && { ...result, duration: comparableDuration(result.duration) },
    context: context && comparableContext(context),
    attachments: attachments?.map(({ sha2 }) => sha2),
  });
};

const comparableObject = (object: Statement['object']): object => {
  const { definition: _, ...thing } = object as typeof object & { readonly definition?: unknown };
  return thing.objectType === 'StatementRef'
    ? { ...thing, id: thing.id.toLowerCase() }
    : { ...thing, objectType: thing.objectType ?? 'Activity' };
};

const comparableContext = (context: NonNullable<Statement['context']>): object => {
  const { registration, contextActivities } = context;
  const { statement } = context as { readonly statement?: { readonly id: string } };
  return {
    ...context,
    registration: registration?.toLowerCase(),
    statement: statement && { ...statement, id: statement.id.toLowerCase() },
    contextActivities: contextActivities && activityIds(contextActivities),
  };
};

/** One activity means a list of one, and what activities are called does not matter. */
const activityIds = (activities: ContextActivities): Record<string, readonly string[]> =>
  Object.fromEntries(
    Object.entries(activities).map(([name, listed = []]) => [name, [listed].flat().map(idOf)]),
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
