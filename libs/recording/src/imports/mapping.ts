import type { Client, ImportField, ImportMapping, Verb } from '#contracts';
import { type DateOrder, dateOrderOf } from './cells/dates.js';
import { decimalOf } from './cells/numbers.js';
import { type Column, fieldsOf, keyOf } from './columns.js';

/** How the rows of one file are read: which cell says what, and what is the same for all. */
export interface Plan {
  /** Places of cells by what they mean. */
  readonly at: Readonly<Partial<Record<ImportField, number>>>;
  readonly names: readonly string[];
  readonly title?: string | undefined;
  readonly activity?: string | undefined;
  readonly verb?: Verb | undefined;
  readonly date?: string | undefined;
  readonly dateOrder: DateOrder;
  readonly date1904: boolean;
  readonly decimal: ',' | '.';
  readonly creditSystem: NonNullable<ImportMapping['creditSystem']>;
  readonly source: string;
  readonly client: Pick<Client, 'id' | 'homePage'>;
}

/** The source of what a person brings: the one registered for it, else the client's first. */
export const sourceOf = (
  { sources }: Pick<Client, 'sources'>,
  { source }: ImportMapping,
): string | undefined =>
  source ?? sources.find((registered) => registered.endsWith(':desk')) ?? sources[0];

/**
 * What to propose for columns nobody has matched yet. `isText` for CSV, where numbers are written
 * as the people of a place do.
 */
export const proposed = (
  columns: readonly Column[],
  delimiter: string | undefined,
): ImportMapping => {
  const fields = fieldsOf(columns);
  const samplesOf = (...wanted: readonly ImportField[]): readonly string[] =>
    columns.flatMap(({ samples }, n) => (wanted.includes(fields[n] ?? 'ignore') ? samples : []));
  // Where the comma is taken, numbers have points; the semicolon stands where commas are decimal.
  const decimal =
    decimalOf(samplesOf('score', 'scoreMax', 'credits', 'hours')) ??
    (delimiter === ';' ? ',' : '.');
  const dateOrder = dateOrderOf(samplesOf('date')) ?? 'dmy';
  return {
    columns: columns.map(({ name }, n) => ({ name, field: fields[n] ?? 'ignore' })),
    // A list of who was there says no more than that; what was completed can earn.
    ...(fields.includes('verb') ? {} : { verb: 'participated' as const }),
    decimal,
    dateOrder,
  };
};

type Missing = 'learner' | 'title' | 'date' | 'verb';

/** What the mapping does not say yet, and nothing can be recorded without. */
export const missingIn = (mapping: ImportMapping): readonly Missing[] => {
  const fields = new Set(mapping.columns.map(({ field }) => field));
  const isSaid: Readonly<Record<Missing, boolean>> = {
    learner: fields.has('learner') || fields.has('email'),
    title: fields.has('title') || fields.has('activity') || mapping.title !== undefined,
    date: fields.has('date') || mapping.date !== undefined,
    verb: fields.has('verb') || mapping.verb !== undefined,
  };
  return (Object.keys(isSaid) as Missing[]).filter((what) => !isSaid[what]);
};

/** How a file with these columns is read; or which of the columns that are needed it lacks. */
export const planOf = (
  mapping: ImportMapping,
  names: readonly string[],
  known: { readonly client: Client; readonly date1904: boolean },
): Plan | { readonly lacks: readonly Missing[] } => {
  const fieldBy = new Map(mapping.columns.map(({ name, field }) => [keyOf(name), field]));
  const at: Partial<Record<ImportField, number>> = {};
  for (const [n, name] of names.entries()) {
    const field = fieldBy.get(keyOf(name)) ?? 'ignore';
    if (field !== 'ignore') at[field] ??= n;
  }
  const columns = Object.keys(at).map((field) => ({ name: '', field: field as ImportField }));
  const lacks = missingIn({ ...mapping, columns });
  if (lacks.length > 0) return { lacks };
  const { title, activity, verb, date } = mapping;
  return {
    at,
    names,
    title,
    activity,
    verb,
    date,
    dateOrder: mapping.dateOrder ?? 'dmy',
    date1904: known.date1904,
    decimal: mapping.decimal ?? '.',
    creditSystem: mapping.creditSystem ?? 'ECTS',
    source: sourceOf(known.client, mapping) ?? '',
    client: known.client,
  };
};
