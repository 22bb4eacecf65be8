import type { Batch, Stored } from './new-statement.js';

/** So many statements go into one transaction, and so many bytes, unless one request has more. */
const GROUP_MAX = 1_000;
const GROUP_BYTES_MAX = 16 * 1024 * 1024;

/** A request that waits for its statements to be stored. */
export interface Waiting {
  readonly batch: Batch;
  readonly bytes: number;
  readonly resolve: (stored: readonly Stored[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Requests from the front, until the group is full or one speaks of an id that it has already. One
 * that voids is alone: which event a statement became can depend on what else is voided.
 */
export const takeGroup = (queue: Waiting[]): readonly Waiting[] => {
  const group: Waiting[] = [];
  const ids = new Set<string>();
  for (let count = 0, bytes = 0; queue.length > 0;) {
    const [next] = queue;
    const own = next ? [...idsOf([next]), ...targetsOf([next])] : [];
    const voids = next?.batch.statements.some(({ isVoid }) => isVoid) ?? false;
    count += own.length;
    bytes += next?.bytes ?? 0;
    const isFull = count > GROUP_MAX || bytes > GROUP_BYTES_MAX || voids;
    if (!next || (group.length > 0 && (isFull || own.some((id) => ids.has(id))))) break;
    for (const id of own) ids.add(id);
    group.push(next);
    queue.shift();
    if (voids) break;
  }
  return group;
};

/** Ids of the statements of a group. */
export const idsOf = (group: readonly Waiting[]): readonly string[] =>
  group.flatMap(({ batch }) => batch.statements.map(({ id }) => id));
/** What they point at. */
export const targetsOf = (group: readonly Waiting[]): readonly string[] =>
  group.flatMap(({ batch }) => batch.statements.flatMap(({ target }) => target ?? []));

/** What they take, sealed. */
export const bytesOf = ({ statements }: Batch): number =>
  statements.reduce(
    (sum, { sealed: { content, wrappedKey, attachments } }) =>
      attachments.reduce(
        (all, one) => all + one.content.length,
        sum + content.length + wrappedKey.length,
      ),
    0,
  );
