import type { ReportedData } from '../domain/report.js';
import { numberOf } from './cells/numbers.js';
import { folded } from './cells/text.js';
import type { RowReader } from './row-reader.js';

type Result = NonNullable<ReportedData['result']>;

const GRADE_MAX = 64;
const HOURS_MAX = 100_000;
const CLOCK = /^(?<hours>\d{1,5}):(?<minutes>[0-5]\d)(?::[0-5]\d)?$/u;

/** "85", "85 %", "17/20"; the largest possible from a column of its own where there is one. */
export const scoreOf = (row: RowReader): Result['score'] => {
  const text = row.text('score');
  if (text === undefined) return undefined;
  const { decimal } = row.plan;
  const [, part = text, whole] = /^(.*?)(?:\s*\/\s*(.+)|\s*[%％٪])$/u.exec(text) ?? [];
  const raw = row.read('score', () => numberOf(part, decimal));
  const isPercent = /[%％٪]$/u.test(text);
  const stated =
    whole === undefined
      ? row.number('scoreMax')
      : row.read('score', () => numberOf(whole, decimal));
  if (raw === undefined) return undefined;
  const max = isPercent ? 100 : stated;
  if (max === undefined) return { raw };
  if (max <= 0 || raw > max || raw < 0) {
    row.fail('score', {
      reason: `This is not between 0 and the highest score.`,
      fix: 'Check the score and the highest score.',
    });
    return undefined;
  }
  return { raw, min: 0, max };
};

/** As it is written: what grades mean differs from school to school. */
export const gradeOf = (row: RowReader): Result['grade'] => {
  const value = row.text('grade');
  if (value === undefined) return undefined;
  if (value.length > GRADE_MAX) {
    row.fail('grade', {
      reason: `This is longer than ${GRADE_MAX} characters.`,
      fix: 'Shorten it.',
    });
    return undefined;
  }
  const type =
    'value' in numberOf(value, row.plan.decimal)
      ? 'numeric'
      : /^[A-Za-z][+-]?$/u.test(value)
        ? 'letter'
        : 'other';
  return { value, scale: { type } };
};

/** ISO 8601. Hours as a number, or as hours:minutes. */
export const hoursOf = (row: RowReader): string | undefined => {
  const clock = CLOCK.exec(row.text('hours') ?? '')?.groups;
  const hours = clock
    ? Number(clock['hours']) + Number(clock['minutes']) / 60
    : row.read('hours', (text) =>
        numberOf(text.replace(/\s*h(?:ours?|rs?)?\.?$/iu, ''), row.plan.decimal),
      );
  if (hours === undefined || hours === 0) return undefined;
  if (hours > 0 && hours <= HOURS_MAX) return `PT${Math.max(1, Math.round(hours * 60))}M`;
  row.fail('hours', {
    reason: 'So many hours cannot be.',
    fix: 'Write the number of hours, for example 2 or 1.5',
  });
  return undefined;
};

const TYPES: Readonly<Record<string, string>> = {
  programme:
    'program|degree|studiengang|programa|programa de estudios|programme|corso di laurea|программа',
  course: 'kurs|curso|cours|corso|cursus|курс|دورة|课程|講座|mooc|class',
  module: 'modul|módulo|modulo|модуль|模块',
  lesson: 'lektion|lección|leçon|lezione|урок|lecture|vorlesung',
  assessment: 'exam|test|quiz|prüfung|examen|esame|экзамен|考试|試験',
  assignment: 'aufgabe|tarea|devoir|compito|задание',
  workshop: 'taller|atelier|werkstatt|laboratorio|семинар|seminar',
  event: 'veranstaltung|evento|événement|мероприятие',
  reading: 'lesen|lectura|reading group|book club',
  project: 'projekt|proyecto|projet|progetto|проект',
};
const types = new Map(
  Object.entries(TYPES).flatMap(([type, words]) =>
    [type, ...words.split('|')].map((word) => [folded(word), type] as const),
  ),
);

/** A course, unless a word says otherwise; a word that is not known stays beside "other". */
export const activityTypeOf = (
  word: string | undefined,
): { readonly type: string; readonly nativeType?: string } => {
  if (word === undefined) return { type: 'course' };
  const type = types.get(folded(word));
  return type === undefined ? { type: 'other', nativeType: word.slice(0, 200) } : { type };
};
