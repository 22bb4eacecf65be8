import { DomainError, type Issue } from '#kernel';
import { momentOf } from '../../domain/report.js';
import type { StatementActor } from '../../domain/xapi-statement.js';
import { type Check, compile } from '../../json-schema.js';
import type { XapiRequest } from '../resource.js';

type Parameters = XapiRequest['parameters'];

const AGENT_CHARS_MAX = 8_192;
const iri = { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9+.-]*:.+$', maxLength: 2_048 };
const id = { type: 'string', minLength: 1, maxLength: 1_024 };
/** What a parameter may be, by its name in the standard. */
const schemas = {
  activityId: iri,
  agent: { type: 'string', maxLength: AGENT_CHARS_MAX },
  // The format alone would take "urn:uuid:" before it: another name for the same.
  registration: { type: 'string', format: 'uuid', maxLength: 36 },
  stateId: id,
  profileId: id,
  since: { type: 'string', format: 'date-time' },
} as const;
type Name = keyof typeof schemas;

/** A check of a request's parameters: those it needs and those it may have, and no others. */
export const parameterCheck = (required: readonly Name[], optional: readonly Name[] = []): Check =>
  compile({
    type: 'object',
    additionalProperties: false,
    required,
    properties: Object.fromEntries([...required, ...optional].map((name) => [name, schemas[name]])),
  });

/** Throws DomainError `invalid-input` that points at each parameter that is missing or wrong. */
export const checkParameters = (check: Check, parameters: Parameters): void => {
  const issues = check(parameters);
  if (issues.length > 0) throw invalid(issues);
};

const identifiers = {
  mbox: { type: 'string', pattern: '^mailto:[^@\\s]+@[^@\\s]+$', maxLength: 512 },
  mbox_sha1sum: { type: 'string', pattern: '^[0-9a-fA-F]{40}$' },
  openid: { ...iri, maxLength: 256 },
  account: {
    type: 'object',
    additionalProperties: false,
    required: ['homePage', 'name'],
    properties: { homePage: iri, name: { type: 'string', minLength: 1, maxLength: 256 } },
  },
};
const actorSchema = (objectType: object, rest: object) => ({
  type: 'object',
  additionalProperties: false,
  properties: { objectType, name: { type: 'string' }, ...identifiers, ...rest },
});
const agent = actorSchema({ const: 'Agent' }, {});
/** Its members do not say which group it is: they are not looked at. */
const group = actorSchema({ const: 'Group' }, { member: { type: 'array' } });
const checkAgent = compile(agent);
const checkGroup = compile(group);

/**
 * The parameter `agent`: an agent or, where one may be meant, a group with an identifier.
 * Throws DomainError `invalid-input`; never says what stands in it.
 */
export const agentOf = (parameters: Parameters, mayBe: 'agent' | 'group'): StatementActor => {
  const value = jsonOf(parameters['agent'] ?? '');
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid([{ pointer: '#/agent', detail: 'Must be an agent as JSON.' }]);
  const isGroup = 'objectType' in value && value.objectType === 'Group' && mayBe === 'group';
  const issues = (isGroup ? checkGroup : checkAgent)(value).map(({ pointer, detail }) => ({
    pointer: `#/agent${pointer.slice(1)}`,
    detail,
  }));
  const given = Object.keys(identifiers).filter((name) => name in value);
  if (given.length !== 1)
    issues.push({
      pointer: '#/agent',
      detail: `Exactly one of ${Object.keys(identifiers).join(', ')}.`,
    });
  if (issues.length > 0) throw invalid(issues);
  return value;
};

/** The parameter `since` as a time. Throws DomainError `invalid-input`. */
export const sinceOf = ({ since }: Parameters): Date | undefined => {
  if (since === undefined) return undefined;
  const moment = momentOf(since);
  if (moment === undefined)
    throw invalid([{ pointer: '#/since', detail: 'No calendar has this time.' }]);
  return new Date(moment);
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const invalid = (issues: readonly Issue[]): DomainError =>
  new DomainError('invalid-input', undefined, issues);
