import { DomainError } from '#kernel';

export const CREDENTIAL_BYTES_MAX = 1024 * 1024;
const DEPTH_MAX = 40;
const VALUES_MAX = 20_000;

type Json = Readonly<Record<string, unknown>>;

/**
 * A credential handed in as JSON or as text that holds JSON, within bounds: checking it costs
 * bounded time. Throws DomainError `too-large`, `malformed-json` or `invalid-input`.
 */
export const boundedCredential = (given: string | Json): Json => {
  const text = typeof given === 'string' ? given : JSON.stringify(given);
  if (text.length > CREDENTIAL_BYTES_MAX)
    throw new DomainError('too-large', 'A credential may have 1 MB.');
  const value = typeof given === 'string' ? parse(given) : given;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('A credential is a JSON object.');
  count(value, 1, { left: VALUES_MAX });
  return value as Json;
};

const invalid = (detail: string): DomainError =>
  new DomainError('invalid-input', undefined, [{ pointer: '#/credential', detail }]);

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new DomainError('malformed-json', 'The credential is not JSON.');
  }
};

const count = (value: unknown, depth: number, budget: { left: number }): void => {
  if (depth > DEPTH_MAX) throw invalid(`A credential may be ${DEPTH_MAX} levels deep.`);
  budget.left -= 1;
  if (budget.left < 0) throw invalid(`A credential may have ${VALUES_MAX} values.`);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (key === '__proto__') throw invalid('This name is not allowed in a credential.');
    count(member, depth + 1, budget);
  }
};
