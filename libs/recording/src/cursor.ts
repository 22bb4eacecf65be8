import { z } from 'zod';
import { DomainError } from '#kernel';

/** A place in a list: time and id of the last line that was read. */
const Cursor = z.tuple([z.iso.datetime(), z.string().max(64)]);

/** A place in a list as whoever pages through it carries it along. */
export const writeCursor = (time: Date, id: string): string =>
  Buffer.from(JSON.stringify([time.toISOString(), id])).toString('base64url');

/** Throws `invalid-input` for a cursor that is none of ours. `detail` says which to use. */
export const readCursor = (text: string, detail: string): z.infer<typeof Cursor> => {
  try {
    return Cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    throw new DomainError('invalid-input', undefined, [{ pointer: '#/cursor', detail }]);
  }
};
