import { DomainError } from '#kernel';
import type { XapiAnswer, XapiRequest } from './resource.js';

const DOCUMENTS: ReadonlySet<string> = new Set([
  '/activities/state',
  '/activities/profile',
  '/agents/profile',
]);

/**
 * What the test area answers by itself: it keeps no documents and no statements, so writing does
 * nothing and there is nothing to read. Undefined for what is answered as everywhere. Statements
 * that are sent are checked by their own resource. Throws `not-found` for one thing that is asked.
 */
export const answerOfTestArea = (
  path: string,
  { method, parameters }: Pick<XapiRequest, 'method' | 'parameters'>,
): XapiAnswer | undefined => {
  const isReading = method === 'GET' || method === 'HEAD';
  const isStatements = path.startsWith('/statements');
  if (!isStatements && !DOCUMENTS.has(path)) return undefined;
  if (!isReading) return isStatements ? undefined : { status: 204 };
  const { statementId, voidedStatementId, stateId, profileId } = parameters;
  if (statementId ?? voidedStatementId ?? stateId ?? profileId) throw new DomainError('not-found');
  return { status: 200, body: isStatements ? { statements: [], more: '' } : [] };
};
