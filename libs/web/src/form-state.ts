import type { z } from 'zod';
import type { DomainError } from '#kernel';
import { problemOf } from '#contracts';
import type { Texts } from './texts.js';

/** What is wrong with a field, for the reader. Without a field it concerns the whole form. */
export interface FieldProblem {
  readonly field?: string;
  /** What the field is called on the page. */
  readonly label?: string | undefined;
  readonly message: string;
}

/** What was typed, and what is wrong with it: enough to show the form again with nothing lost. */
export interface FormState {
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly problems: readonly FieldProblem[];
}

export const EMPTY_FORM: FormState = { values: {}, problems: [] };

/** A form with something filled in already. */
export const filledForm = (values: FormState['values']): FormState => ({ values, problems: [] });

/** The fields of a posted form. Anything that is no text (there is none in our forms) is left out. */
export class Fields {
  readonly values: FormState['values'];

  constructor(body: unknown) {
    const entries = typeof body === 'object' && body !== null ? Object.entries(body) : [];
    this.values = Object.fromEntries(
      entries.map(([name, value]: [string, unknown]) => [
        name,
        (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string'),
      ]),
    );
  }

  /** The text of a field without the space around it; "" if it was not sent. */
  text(name: string): string {
    return this.values[name]?.[0]?.trim() ?? '';
  }

  /** The text, or undefined where nothing was typed: for what is optional in the API. */
  optional(name: string): string | undefined {
    return this.text(name) || undefined;
  }

  /** The number typed, with a comma or a point; NaN if it is none, undefined if nothing. */
  number(name: string): number | undefined {
    const text = this.optional(name);
    return text === undefined ? undefined : Number(text.replace(',', '.'));
  }

  all(name: string): readonly string[] {
    return this.values[name] ?? [];
  }
}

/** The name of the field that a JSON pointer means: `#/findings/level/evidence` is
 *  `findings.level.evidence`. */
const fieldAt = (pointer: string): string => pointer.replace(/^#?\//u, '').replaceAll('/', '.');

const messageFor = (issue: z.core.$ZodIssue, texts: Texts): string => {
  switch (issue.code) {
    case 'too_small':
      if (issue.origin === 'number') return texts.text('form.moreThanZero');
      return texts.text(issue.origin === 'array' ? 'form.chooseSome' : 'form.required');
    case 'too_big':
      return issue.origin === 'string'
        ? texts.text('form.tooLong', { maximum: Number(issue.maximum) })
        : texts.text('form.tooMuch', { maximum: Number(issue.maximum) });
    case 'invalid_format':
      if (issue.format === 'date' || issue.format === 'datetime') return texts.text('form.date');
      return texts.text(issue.format === 'url' ? 'form.address' : 'form.invalid');
    case 'invalid_type':
      if (issue.input === undefined) return texts.text('form.required');
      return texts.text(issue.expected === 'number' ? 'form.number' : 'form.invalid');
    case 'invalid_value':
      return texts.text('form.choose');
    default:
      return texts.text('form.invalid');
  }
};

/**
 * Checks what was typed with the schema of the API, so that the reader learns in plain words and
 * at once what the API would refuse. `labels` names the fields. Out: the body to send, or the
 * problems.
 */
export const readForm = <T>(
  schema: z.ZodType<T>,
  input: unknown,
  texts: Texts,
  labels: Readonly<Record<string, string>>,
): { readonly body: T } | { readonly problems: readonly FieldProblem[] } => {
  const parsed = schema.safeParse(input, { reportInput: true });
  if (parsed.success) return { body: parsed.data };
  return {
    problems: parsed.error.issues.map((issue) => ({
      field: issue.path.join('.'),
      label: labels[issue.path.join('.')],
      message: messageFor(issue, texts),
    })),
  };
};

/** What the API answered, as problems of the form: its pointers name our fields. */
export const problemsOf = (
  error: DomainError,
  labels: Readonly<Record<string, string>>,
): readonly FieldProblem[] => {
  const { title, whatToDo } = problemOf(error.code);
  return [
    { message: `${title} ${whatToDo}` },
    ...error.issues.map(({ pointer, detail }) => ({
      field: fieldAt(pointer),
      label: labels[fieldAt(pointer)],
      message: detail,
    })),
  ];
};

/** True if the visitor can put it right by changing the form. */
export const isFormProblem = (error: DomainError): boolean =>
  [400, 409, 422, 429].includes(problemOf(error.code).status);
