import { momentOf } from '../../domain/report.js';
import type { Statement } from '../../domain/xapi-statement.js';
import { comparableStatement } from '../comparable-statement.js';
import type { Comparable } from './new-statement.js';

/** In: a statement, and the aliases of the people in it. */
export const comparableOf = (statement: Statement, people: readonly string[]): Comparable => {
  const { timestamp } = statement;
  const happenedAt = timestamp === undefined ? undefined : momentOf(timestamp);
  return {
    text: comparableStatement(statement),
    people: people.toSorted().join(' '),
    ...(happenedAt === undefined ? {} : { happenedAt }),
  };
};

/** Whether two say the same (IEEE 9274.1.1 §4.2.1). */
export const isSame = (one: Comparable, other: Comparable): boolean =>
  one.text === other.text &&
  one.people === other.people &&
  (one.happenedAt === undefined ||
    other.happenedAt === undefined ||
    one.happenedAt === other.happenedAt);
