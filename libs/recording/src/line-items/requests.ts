import { z } from 'zod';
import { DomainError } from '#kernel';
import { unstorable } from '../content.js';
import type { LineItemFilter } from './line-items.js';

/** A page has so many, also where more are asked for (AGS 2.0 §3.2.4: a platform may limit it). */
export const PAGE_MAX = 200;

const Text = z.string().min(1).max(1024);
/** What a tool may ask by; other names are part of an address that it was given, and stay so. */
const Filter = z.object({
  resource_link_id: Text.optional(),
  resource_id: Text.optional(),
  tag: Text.optional(),
  limit: z.coerce.number().int().min(1).default(PAGE_MAX),
  cursor: z.string().max(200).optional(),
});

/** Throws `invalid-input` for what no gradebook or line item can be called. */
export const checkName = (name: string): string => {
  const detail = unstorable(name);
  if (detail !== undefined)
    throw new DomainError('invalid-input', undefined, [{ pointer: '#', detail }]);
  return name;
};

/** The filters of a list of line items. Throws `invalid-input`, also where one is there twice. */
export const filterOf = (query: unknown): LineItemFilter => {
  const read = Filter.safeParse(query);
  const issues = read.success
    ? Object.entries(read.data).flatMap(([name, value]) => {
        const detail = unstorable(value);
        return detail === undefined ? [] : [{ pointer: `#/${name}`, detail }];
      })
    : read.error.issues.map(({ path }) => ({
        pointer: `#/${path.join('/')}`,
        detail: 'Not as it should be, or there twice.',
      }));
  if (!read.success || issues.length > 0) throw new DomainError('invalid-input', undefined, issues);
  const {
    resource_link_id: resourceLinkId,
    resource_id: resourceId,
    tag,
    limit,
    cursor,
  } = read.data;
  return { resourceLinkId, resourceId, tag, limit: Math.min(limit, PAGE_MAX), cursor };
};

/** The query of the next page: as it was asked for, from another place on. */
export const nextQuery = (url: string, cursor: string): string => {
  const at = url.indexOf('?');
  const query = new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
  query.set('cursor', cursor);
  return query.toString();
};
