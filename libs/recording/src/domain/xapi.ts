import type { LearnerIdentity, LearningEventData, Verb } from '#contracts';
import { defined } from './defined.js';
import type { ReportedData } from './report.js';
import type {
  LanguageMap,
  Statement,
  StatementActivity,
  StatementActor,
} from './xapi-statement.js';
import type { XapiRule } from './xapi-rules.js';
import { activityTypeOf, isActivity, isOf, nameOf, ruleFor } from './xapi-vocabulary.js';

/**
 * What a statement is to the ledger. Telemetry is accepted, earns nothing and is no entry. `rule`
 * is the id of what decided in the table of rules.
 */
export type Mapped =
  | {
      readonly is: 'learning';
      readonly rule: string;
      readonly learner: LearnerIdentity;
      readonly data: ReportedData;
    }
  | { readonly is: 'void'; readonly rule: string; readonly statementId: string }
  | { readonly is: 'telemetry'; readonly rule: string; readonly because: string };

/** SHA-1 (hex) of a mailto IRI: how xAPI names somebody without saying their address (§4.2.2). */
export type MailHash = (mbox: string) => string;

/** Of the canonical event. */
const IRI_MAX = 2_048;
const PARENTS_MAX = 16;
const EVIDENCE_MAX = 32;
const TEXT_MAX = 4_000;
const PROGRESS_PERCENT = 'https://w3id.org/xapi/cmi5/result/extensions/progress';
const PROGRESS_SHARE = 'https://w3id.org/xapi/video/extensions/progress';
const WAIVED_BECAUSE = 'https://w3id.org/xapi/cmi5/result/extensions/reason';
const WAIVED_REASONS: ReadonlySet<string> = new Set([
  'Tested Out',
  'Equivalent AU',
  'Equivalent Outside Activity',
  'Administrative',
]);
const LANGUAGE = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$/u;
const SHA256 = /^[0-9a-f]{64}$/u;

/**
 * A statement as a learning event. Names of people are left out here and go no further; their mail
 * address becomes its hash. What has no place in the canonical event stays in the raw statement,
 * of which the ledger keeps the hash.
 */
export const mapStatement = (statement: Statement, mailHash: MailHash): Mapped => {
  const { actor, object } = statement;
  const found = ruleFor(statement);
  const { id: rule } = found;
  const telemetry = (because: string): Mapped => ({ is: 'telemetry', rule, because });
  if ('because' in found) return telemetry(found.because);
  if (found.becomes === 'voided')
    return object.objectType === 'StatementRef'
      ? { is: 'void', rule, statementId: object.id.toLowerCase() }
      : telemetry('it points at no statement');
  const learner = learnerOf(actor, mailHash);
  if (!learner) return telemetry('nobody is named');
  if (!isActivity(object)) throw new Error('a rule lets other objects become learning');
  if (iri(object.id).length > IRI_MAX)
    return telemetry('the identifier of the activity is too long');
  return { is: 'learning', rule, learner, data: dataOf(statement, found, object) };
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

const dataOf = (
  statement: Statement,
  { becomes, activityIs }: Extract<XapiRule, { becomes: unknown }>,
  object: StatementActivity,
): ReportedData => {
  const { context, result } = statement;
  const language = context?.language;
  return defined({
    activity: activityOf(statement, object, activityIs),
    verb: becomes as Verb,
    result: resultOf(result),
    language: language && LANGUAGE.test(language) ? language : undefined,
    evidence: evidenceOf(statement.attachments),
    ext: reasonOf(result?.extensions),
  });
};

/** Why it was waived, in the words of cmi5 (§9.5.5.2) and no other: free text may be personal. */
const reasonOf = (
  extensions: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> | undefined => {
  const reason = extensions[WAIVED_BECAUSE];
  return typeof reason === 'string' && WAIVED_REASONS.has(reason)
    ? { [WAIVED_BECAUSE]: reason }
    : undefined;
};

const activityOf = (
  statement: Statement,
  { id, definition }: StatementActivity,
  otherwise = 'other',
): LearningEventData['activity'] => {
  const { context } = statement;
  const { parent = [], grouping = [] } = context?.contextActivities ?? {};
  const around = [parent, grouping].flat();
  const attempt = isOf(statement, 'scorm') ? around.find(isAttempt) : undefined;
  const parents = [
    ...new Set(around.filter((each) => each !== attempt).map((each) => iri(each.id))),
  ].filter((each) => each !== iri(id) && each.length <= IRI_MAX);
  const type = activityTypeOf(definition?.type);
  return defined({
    id: iri(id),
    type: type === 'other' ? otherwise : type,
    name: texts(definition?.name),
    description: texts(definition?.description),
    parents: parents.length > 0 ? parents.slice(0, PARENTS_MAX) : undefined,
    registration: context?.registration ?? attemptIdOf(attempt),
    nativeType: definition?.type,
  });
};

/** A SCORM player groups what it says by the attempt, which is no activity of its own. */
const isAttempt = ({ definition }: StatementActivity): boolean =>
  nameOf(definition?.type ?? '') === 'attempt';

/** `…?attemptId=…`, as the SCORM profile writes it (§4.1). */
const attemptIdOf = (attempt: StatementActivity | undefined): string | undefined =>
  /[?&]attemptId=(?<id>[^&#]{1,128})(?:[&#]|$)/u.exec(attempt?.id ?? '')?.groups?.['id'];

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
