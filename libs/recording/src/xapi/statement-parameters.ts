import { defined } from '../domain/defined.js';
import { inUtc, momentOf } from '../domain/report.js';
import type { StatementActor } from '../domain/xapi-statement.js';
import { agentParameter } from './agent-parameter.js';
import { invalid } from './invalid.js';
import { STATEMENT_FORMATS, type StatementForm } from './statement-format.js';

/** How the statements of an answer are to look. */
interface Presentation {
  readonly format: StatementForm;
  readonly attachments: boolean;
}

/** One statement: by `statementId`, or by `voidedStatementId` if it was voided. */
export interface SingleQuery extends Presentation {
  readonly is: 'single';
  /** In lower case. */
  readonly id: string;
  readonly voided: boolean;
}

/** Those that fit all that is said. */
export interface ListQuery extends Presentation {
  readonly is: 'list';
  /** With one identifier, as it was sent. */
  readonly agent?: StatementActor;
  readonly verb?: string;
  readonly activity?: string;
  /** In lower case. */
  readonly registration?: string;
  readonly relatedActivities: boolean;
  readonly relatedAgents: boolean;
  /** Stored after it; RFC 3339, in UTC, as precise as "stored" is. */
  readonly since?: string;
  /** Stored at it or before. */
  readonly until?: string;
  /** 0 asks for as many as the store gives at once. */
  readonly limit: number;
  readonly ascending: boolean;
}

type Parameters = Readonly<Record<string, string>>;

const PRESENTING = ['format', 'attachments'];
const SINGLE = ['statementId', 'voidedStatementId'];
const LISTING = [
  'agent',
  'verb',
  'activity',
  'registration',
  'related_activities',
  'related_agents',
  'since',
  'until',
  'limit',
  'ascending',
];
const KNOWN: ReadonlySet<string> = new Set([...PRESENTING, ...SINGLE, ...LISTING]);

/** As xAPI writes one, in either case. */
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/iu;
const IRI = /^[A-Za-z][A-Za-z0-9+.-]*:.{1,2047}$/u;
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');
const TIME =
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|\+\d\d:\d\d|-(?!00:00)\d\d:\d\d)$/iu;

/**
 * What a GET of statements asks for (1.0.3 part 3 §2.1.3, IEEE 9274.1.1 §4.1.6.1). Throws
 * DomainError `invalid-input` for what is not as in a statement, for a parameter that is unknown
 * (names are case-sensitive), and for one that has no meaning beside another.
 */
export const statementQuery = (parameters: Parameters): SingleQuery | ListQuery => {
  for (const name of Object.keys(parameters))
    // The name came from outside: it is not told again.
    if (!KNOWN.has(name)) throw invalid('A parameter is unknown. Their names are case-sensitive.');
  const presentation: Presentation = {
    format: read(parameters, 'format', formatOf) ?? 'exact',
    attachments: read(parameters, 'attachments', truth) ?? false,
  };
  const [name, ...more] = SINGLE.filter((one) => Object.hasOwn(parameters, one));
  if (name === undefined) return { is: 'list', ...listed(parameters), ...presentation };
  if (more.length > 0 || LISTING.some((one) => Object.hasOwn(parameters, one)))
    throw invalid(`Beside "${name}" there is no parameter but "format" and "attachments".`);
  const id = read(parameters, name, uuid) ?? '';
  return { is: 'single', id, voided: name === 'voidedStatementId', ...presentation };
};

const listed = (parameters: Parameters): Omit<ListQuery, 'is' | keyof Presentation> => ({
  ...defined({
    agent: read(parameters, 'agent', (text, name) => agentParameter(name, text)),
    verb: read(parameters, 'verb', iri),
    activity: read(parameters, 'activity', iri),
    registration: read(parameters, 'registration', uuid),
    since: read(parameters, 'since', time),
    until: read(parameters, 'until', time),
  }),
  relatedActivities: read(parameters, 'related_activities', truth) ?? false,
  relatedAgents: read(parameters, 'related_agents', truth) ?? false,
  limit: read(parameters, 'limit', count) ?? 0,
  ascending: read(parameters, 'ascending', truth) ?? false,
});

const read = <T>(
  parameters: Parameters,
  name: string,
  parse: (text: string, name: string) => T,
): T | undefined => {
  const text = parameters[name];
  return text === undefined ? undefined : parse(text, name);
};

const uuid = (text: string, name: string): string => {
  if (!UUID.test(text)) throw invalid(`The parameter "${name}" is a UUID.`);
  return text.toLowerCase();
};

const iri = (text: string, name: string): string => {
  if (!IRI.test(text)) throw invalid(`The parameter "${name}" is an IRI.`);
  return text;
};

const time = (text: string, name: string): string => {
  const moment = TIME.test(text) ? momentOf(text) : undefined;
  const day = text.slice(0, 10);
  // The 30th of February would be read as the 2nd of March.
  if (moment === undefined || !inUtc(Date.parse(day)).startsWith(day))
    throw invalid(`The parameter "${name}" is a time with offset (RFC 3339).`);
  // Not as it was sent: databases know fewer offsets and years.
  return inUtc(Math.min(moment, LATEST));
};

const truth = (text: string, name: string): boolean => {
  if (text !== 'true' && text !== 'false')
    throw invalid(`The parameter "${name}" is true or false.`);
  return text === 'true';
};

const count = (text: string, name: string): number => {
  if (!/^\d{1,9}$/u.test(text))
    throw invalid(`The parameter "${name}" is a whole number, 0 or more.`);
  return Number(text);
};

const formatOf = (text: string, name: string): StatementForm => {
  const format = STATEMENT_FORMATS.find((one) => one === text);
  if (!format) throw invalid(`The parameter "${name}" is one of ${STATEMENT_FORMATS.join(', ')}.`);
  return format;
};
