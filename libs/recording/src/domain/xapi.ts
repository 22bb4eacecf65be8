import type { LearnerIdentity, LearningEventData, Verb } from '#contracts';
import { defined } from './defined.js';
import type { ReportedData } from './report.js';
import type {
  LanguageMap,
  Statement,
  StatementActivity,
  StatementActor,
} from './xapi-statement.js';
import { activityTypeOf, nameOf, verbOf, VOIDED } from './xapi-vocabulary.js';

/** What a statement is to the ledger. Telemetry is accepted, earns nothing and is no entry. */
export type Mapped =
  | { readonly is: 'learning'; readonly learner: LearnerIdentity; readonly data: ReportedData }
  | { readonly is: 'void'; readonly statementId: string }
  | { readonly is: 'telemetry'; readonly because: string };

/** SHA-1 (hex) of a mailto IRI: how xAPI names somebody without saying their address (§4.2.2). */
export type MailHash = (mbox: string) => string;

/** Of the canonical event. */
const IRI_MAX = 2_048;
const PARENTS_MAX = 16;
const EVIDENCE_MAX = 32;
const TEXT_MAX = 4_000;
const PROGRESS_PERCENT = 'https://w3id.org/xapi/cmi5/result/extensions/progress';
const PROGRESS_SHARE = 'https://w3id.org/xapi/video/extensions/progress';
const LANGUAGE = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$/u;
const SHA256 = /^[0-9a-f]{64}$/u;
/** The learning system itself and the groups in it: joining them is not learning. */
const PLACES: ReadonlySet<string> = new Set(['lms', 'group']);

/**
 * A statement as a learning event. Names of people are left out here and go no further; their mail
 * address becomes its hash. What has no place in the canonical event stays in the raw statement,
 * of which the ledger keeps the hash.
 */
export const mapStatement = (statement: Statement, mailHash: MailHash): Mapped => {
  const { actor, object } = statement;
  if (statement.verb.id === VOIDED && object.objectType === 'StatementRef')
    return { is: 'void', statementId: object.id.toLowerCase() };
  const verb = verbOf(statement.verb.id);
  if (!verb) return { is: 'telemetry', because: 'the verb earns nothing' };
  if (!isActivity(object)) return { is: 'telemetry', because: 'the object is not an activity' };
  const because = telemetry(statement.verb.id, verb, object);
  if (because) return { is: 'telemetry', because };
  if (actor.objectType === 'Group')
    return { is: 'telemetry', because: 'a group cannot earn: send one statement for each member' };
  if (iri(object.id).length > IRI_MAX)
    return { is: 'telemetry', because: 'the identifier of the activity is too long' };
  const learner = learnerOf(actor, mailHash);
  if (!learner) return { is: 'telemetry', because: 'nobody is named' };
  return { is: 'learning', learner, data: dataOf(statement, verb, object) };
};

const isActivity = (object: Statement['object']): object is StatementActivity =>
  object.objectType === undefined || object.objectType === 'Activity';

/** Why a statement with a verb that we know says nothing about learning all the same. */
const telemetry = (
  verbId: string,
  verb: Verb,
  { definition }: StatementActivity,
): string | undefined => {
  const type = activityTypeOf(definition?.type);
  if (PLACES.has(nameOf(definition?.type ?? ''))) return 'the object is a place, not an activity';
  if (verb === 'withdrew' && /leave|left/u.test(nameOf(verbId)) && type === 'event')
    return 'going out of a meeting is not withdrawing';
  if (verb === 'competency-asserted' && (type === 'credential' || type === 'badge'))
    return 'somebody checked a certificate';
  return undefined;
};

/** How the ledger names whom an agent, or a group with an identifier, names; undefined for others. */
export const learnerOf = (
  actor: StatementActor,
  mailHash: MailHash,
): LearnerIdentity | undefined => {
  const { account, mbox_sha1sum, mbox, openid } = actor;
  if (account) return { account: { homePage: account.homePage, name: account.name } };
  if (mbox_sha1sum) return { mailHash: mbox_sha1sum.toLowerCase() };
  if (mbox) return { mailHash: mailHash(mbox) };
  // An OpenID is an address that names one person: an account at the place it points to.
  if (openid)
    return { account: { homePage: /^[^/]*\/\/[^/]*/u.exec(openid)?.[0] || openid, name: openid } };
  return undefined;
};

const dataOf = (statement: Statement, verb: Verb, object: StatementActivity): ReportedData => {
  const { context } = statement;
  const language = context?.language;
  return defined({
    activity: activityOf(object, context),
    verb,
    result: resultOf(statement.result),
    language: language && LANGUAGE.test(language) ? language : undefined,
    evidence: evidenceOf(statement.attachments),
  });
};

const activityOf = (
  { id, definition }: StatementActivity,
  context: Statement['context'],
): LearningEventData['activity'] => {
  const { parent = [], grouping = [] } = context?.contextActivities ?? {};
  const ids = new Set([parent, grouping].flat().map((activity) => iri(activity.id)));
  const parents = [...ids].filter(({ length }) => length <= IRI_MAX);
  return defined({
    id: iri(id),
    type: activityTypeOf(definition?.type),
    name: texts(definition?.name),
    description: texts(definition?.description),
    parents: parents.length > 0 ? parents.slice(0, PARENTS_MAX) : undefined,
    registration: context?.registration,
    nativeType: definition?.type,
  });
};

/** Some systems send identifiers with spaces in them: as a URL they would be percent-encoded. */
const iri = (id: string): string => id.replace(/\s/gu, encodeURIComponent);

const texts = (map: LanguageMap = {}): LanguageMap | undefined => {
  const entries = Object.entries(map)
    .filter(([language]) => LANGUAGE.test(language))
    .map(([language, text]) => [language, text.slice(0, TEXT_MAX)] as const);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
};

const resultOf = (result: Statement['result']): LearningEventData['result'] | undefined => {
  if (!result) return undefined;
  const { score, success, completion, duration } = result;
  const { raw, min, max, scaled } = score ?? {};
  const numbers = defined({ raw, min, max, scaled });
  const mapped = defined({
    success,
    completion,
    progress: progressOf(result.extensions),
    duration: duration?.replace(',', '.'),
    score: Object.keys(numbers).length > 0 ? numbers : undefined,
  });
  return Object.keys(mapped).length > 0 ? mapped : undefined;
};

/** 0 to 1. cmi5 counts in percent, the video profile in shares. */
const progressOf = (extensions: Readonly<Record<string, unknown>> = {}): number | undefined => {
  const percent = extensions[PROGRESS_PERCENT];
  const share = extensions[PROGRESS_SHARE];
  const progress = typeof percent === 'number' ? percent / 100 : share;
  return typeof progress === 'number' && progress >= 0 && progress <= 1 ? progress : undefined;
};

const evidenceOf = (attachments: Statement['attachments']): LearningEventData['evidence'] => {
  const evidence = (attachments ?? []).flatMap(({ fileUrl, sha2, contentType, length }) =>
    fileUrl === undefined
      ? []
      : [
          defined({
            uri: iri(fileUrl),
            sha256: SHA256.test(sha2) ? sha2 : undefined,
            mediaType: contentType,
            size: length,
          }),
        ],
  );
  return evidence.length > 0 ? evidence.slice(0, EVIDENCE_MAX) : undefined;
};
