import type { Import, ImportField } from '#contracts';
import { type Fields, filledForm, type FormState } from './form-state.js';
import type { TextKey, Texts } from './texts.js';

/** The field of the form for a column: by its place, as names can be anything. */
export const columnField = (index: number): string => `column-${index}`;

/** What the mapping says, as the form shows it. */
export const formOf = ({ columns, mapping }: Import, today: string): FormState => {
  const values: Record<string, readonly string[]> = {
    title: [mapping.title ?? ''],
    verb: [mapping.verb ?? ''],
    date: [mapping.date ?? (hasField(columns, 'date') ? '' : today)],
    dateOrder: [mapping.dateOrder ?? 'dmy'],
    decimal: [mapping.decimal ?? '.'],
    creditSystem: [mapping.creditSystem ?? 'ECTS'],
    encoding: [mapping.encoding ?? ''],
  };
  for (const [n, { field }] of columns.entries()) values[columnField(n)] = [field];
  return filledForm(values);
};

const hasField = (columns: Import['columns'], field: ImportField): boolean =>
  columns.some((column) => column.field === field);

/** What was chosen, to be checked by the schema of the API. */
export const mappingFrom = (fields: Fields, shown: Import): unknown => ({
  ...shown.mapping,
  columns: shown.columns.map(({ name }, n) => ({ name, field: fields.text(columnField(n)) })),
  title: fields.optional('title'),
  verb: fields.optional('verb'),
  date: fields.optional('date'),
  dateOrder: fields.optional('dateOrder'),
  decimal: fields.optional('decimal'),
  creditSystem: fields.optional('creditSystem'),
  encoding: fields.optional('encoding'),
});

/** `columns/3/field`, as the API and its schema point at a column, to the field of the form. */
export const formField = (path: string): string =>
  path.replace(/^columns[./](?<n>\d+)(?:[./]field)?$/u, (_, n: string) => columnField(Number(n)));

/** What each field of the form is called. */
export const importLabels = (
  texts: Texts,
  { columns }: Import,
): Readonly<Record<string, string>> => ({
  title: texts.text('import.same.title'),
  verb: texts.text('import.same.verb'),
  date: texts.text('import.same.date'),
  learner: texts.text('import.columns'),
  ...Object.fromEntries(columns.map(({ name }, n) => [columnField(n), name])),
});

/** What is still missing, at the field where it can be said. */
export const missingProblems = (texts: Texts, { missing }: Import): FormState['problems'] =>
  missing.map((what) => ({
    field: what === 'learner' ? columnField(0) : what,
    message: texts.text(`import.missing.${what}` satisfies TextKey),
  }));
