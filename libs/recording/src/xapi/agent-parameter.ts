import type { StatementActor } from '../domain/xapi-statement.js';
import { compile } from '../json-schema.js';
import { unstorable } from '../content.js';
import { invalid } from './invalid.js';
import { actorRuleIssues } from './statement-rules.js';
import { actorSchema } from './statement.schema.js';

const check = compile(actorSchema);

/**
 * The agent or identified group that a parameter names in JSON. Throws DomainError `invalid-input`
 * for anything else, and never says what was there.
 */
export const agentParameter = (name: string, json: string): StatementActor => {
  const value = parsed(json);
  const valid = unstorable(value) === undefined && check(value).length === 0;
  const actor = value as StatementActor;
  const [issue] = valid ? actorRuleIssues(actor) : [{ detail: 'It has not the form of one.' }];
  if (issue) throw invalid(`The parameter "${name}" is an agent in JSON. ${issue.detail}`);
  if (!(actor.mbox ?? actor.mbox_sha1sum ?? actor.openid ?? actor.account))
    throw invalid(`The parameter "${name}" names a group by an identifier.`);
  return actor;
};

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
};
