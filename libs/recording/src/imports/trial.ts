import type { IncomingHttpHeaders } from 'node:http';
import { DomainError } from '#kernel';
import { areaSaid, TEST_HEADER } from '../deliveries/reception.js';

/**
 * Imports have no test area: their preview is the trial. Throws DomainError `invalid-input` for a
 * request that says it is one, and for one that says neither yes nor no.
 */
export const refuseTrial = (headers: IncomingHttpHeaders): void => {
  if (areaSaid(headers[TEST_HEADER]) === 'test')
    throw new DomainError(
      'invalid-input',
      'An import shows a preview instead: nothing is recorded before you confirm.',
    );
};
