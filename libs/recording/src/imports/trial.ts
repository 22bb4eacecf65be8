import type { IncomingHttpHeaders } from 'node:http';
import { DomainError } from '#kernel';
import type { Area } from '#contracts';
import { areaSaid, TEST_HEADER } from '../deliveries/reception.js';

/** What is said of a trial, wherever it is told. */
export const TRIAL_NOTE = 'This is a trial: nothing of it is recorded, and nothing counts.';

/** The field of a form that says the same as the header. */
export const TEST_FIELD = 'test';

/**
 * Whether an upload is a trial: by its header, or by a field of its form, as a browser sends no
 * headers of ours. Who says so in one of the two means it. Throws DomainError `invalid-input` for
 * what says neither yes nor no.
 */
export const areaOfUpload = (headers: IncomingHttpHeaders, fields: readonly string[]): Area =>
  [headers[TEST_HEADER], ...fields].map(areaSaid).includes('test') ? 'test' : 'live';

/**
 * Throws DomainError `invalid-input` for a confirmation that says it is a trial, of an import that
 * was not uploaded as one: it would be recorded.
 */
export const refuseLateTrial = (headers: IncomingHttpHeaders, area: Area): void => {
  if (areaSaid(headers[TEST_HEADER]) === 'test' && area === 'live')
    throw new DomainError(
      'invalid-input',
      'This was not uploaded as a trial: it would be recorded. Upload it again as one.',
    );
};
