import type { LearnerIdentity } from '#contracts';
import { learnerOf, type MailHash } from '../../domain/xapi.js';
import type { Statement, StatementActor } from '../../domain/xapi-statement.js';

/** So much of a statement or a SubStatement as names somebody or something. */
interface Speaking {
  readonly actor?: StatementActor;
  readonly object?: object;
  readonly context?: {
    readonly registration?: string;
    readonly instructor?: StatementActor;
    readonly team?: StatementActor;
    readonly contextAgents?: readonly { readonly agent: StatementActor }[];
    readonly contextGroups?: readonly { readonly group: StatementActor }[];
    readonly contextActivities?: Readonly<Record<string, Named | readonly Named[] | undefined>>;
  };
}
interface Named {
  readonly id: string;
}

/** What filters of GET /statements may ask for (xAPI 1.0.3 part 3 §2.1.3). */
export interface Parts {
  /** The actor and the object, and who is a member of them. */
  readonly agents: readonly LearnerIdentity[];
  /** The others: instructor, team, those in the context and in a SubStatement. */
  readonly relatedAgents: readonly LearnerIdentity[];
  readonly verb: string;
  readonly activities: readonly string[];
  readonly relatedActivities: readonly string[];
  /** The object, where the statement says what activity it is: its id, and what is said. */
  readonly described?: { readonly id: string; readonly definition: object } | undefined;
  readonly registration?: string;
  /** The statement at which the object points. */
  readonly target?: string;
}

const typeOf = (object: object | undefined): string =>
  object === undefined ? '' : ((object as { objectType?: string }).objectType ?? 'Activity');

/** An actor and its members; a group without an identifier is its members alone. */
const withMembers = (actor: StatementActor | undefined): readonly StatementActor[] =>
  actor === undefined ? [] : [actor, ...(actor.member ?? [])];

const spokenOf = ({ actor, object }: Speaking): readonly StatementActor[] => {
  const isActor = typeOf(object) === 'Agent' || typeOf(object) === 'Group';
  return [...withMembers(actor), ...withMembers(isActor ? object : undefined)];
};

const aroundOf = ({ context = {} }: Speaking): readonly StatementActor[] => [
  ...withMembers(context.instructor),
  ...withMembers(context.team),
  ...(context.contextAgents ?? []).map(({ agent }) => agent),
  ...(context.contextGroups ?? []).flatMap(({ group }) => withMembers(group)),
];

const objectActivity = ({ object }: Speaking): readonly string[] =>
  typeOf(object) === 'Activity' ? [(object as Named).id] : [];

const contextActivities = ({ context }: Speaking): readonly string[] =>
  Object.values(context?.contextActivities ?? {}).flatMap((listed = []) =>
    [listed].flat().map(({ id }) => id),
  );

const describedIn = (speaking: Speaking): Pick<Parts, 'described'> => {
  const [id] = objectActivity(speaking);
  const { definition } = (speaking.object ?? {}) as { readonly definition?: object };
  return id === undefined || definition === undefined ? {} : { described: { id, definition } };
};

/** What a statement, checked for its form, can be found by. */
export const partsOf = (statement: Statement, mailHash: MailHash): Parts => {
  const speaking = statement as unknown as Speaking;
  const inner =
    typeOf(statement.object) === 'SubStatement' ? (statement.object as Speaking) : undefined;
  const identities = (actors: readonly StatementActor[]): readonly LearnerIdentity[] =>
    actors.flatMap((actor) => learnerOf(actor, mailHash) ?? []);
  const registration = statement.context?.registration?.toLowerCase();
  const isReference = typeOf(statement.object) === 'StatementRef';
  return {
    agents: identities(spokenOf(speaking)),
    relatedAgents: identities([
      ...aroundOf(speaking),
      ...(inner ? [...spokenOf(inner), ...aroundOf(inner)] : []),
    ]),
    verb: statement.verb.id,
    activities: objectActivity(speaking),
    relatedActivities: [
      ...contextActivities(speaking),
      ...(inner ? [...objectActivity(inner), ...contextActivities(inner)] : []),
    ],
    ...describedIn(speaking),
    ...(registration === undefined ? {} : { registration }),
    ...(isReference ? { target: (statement.object as unknown as Named).id.toLowerCase() } : {}),
  };
};
