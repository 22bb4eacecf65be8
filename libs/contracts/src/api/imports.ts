import { z } from 'zod';
import { CreditSystem } from '../achievement.js';
import { Verb } from '../learning-event.js';
import { Area } from './deliver.js';

const Time = z.iso.datetime({ offset: true });

/** What a column of a spreadsheet can mean. */
export const ImportField = z.enum([
  'ignore',
  'learner',
  'email',
  'title',
  'activity',
  'activityType',
  'verb',
  'date',
  'score',
  'scoreMax',
  'grade',
  'credits',
  'hours',
  'level',
  'evidence',
  'id',
]);
export type ImportField = z.infer<typeof ImportField>;

/** How a CSV file is written (names of the WHATWG Encoding Standard). */
export const ImportEncoding = z.enum([
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'windows-1250',
  'windows-1251',
  'windows-1253',
  'windows-1254',
  'windows-1255',
  'windows-1256',
  'shift_jis',
  'gb18030',
  'big5',
  'euc-kr',
]);
export type ImportEncoding = z.infer<typeof ImportEncoding>;

export const DATE_ORDERS = ['dmy', 'mdy', 'ymd'] as const;

/** What the columns mean, and what is the same for every row. */
export const ImportMapping = z
  .strictObject({
    columns: z.array(z.strictObject({ name: z.string().max(200), field: ImportField })).max(500),
    /** The title of the activity, where no column says it. */
    title: z.string().trim().min(1).max(200).optional(),
    /** The address of the activity, where no column says it. */
    activity: z.url().max(2048).optional(),
    /** What happened, where no column says it or a cell of that column is empty. */
    verb: Verb.optional(),
    /** The day, where no column says it. */
    date: z.iso.date().optional(),
    dateOrder: z.enum(DATE_ORDERS).optional(),
    decimal: z.enum(['.', ',']).optional(),
    creditSystem: CreditSystem.optional(),
    encoding: ImportEncoding.optional(),
    /** One of your sources; the one for what is typed by hand, or the first, unless stated. */
    source: z.string().max(512).optional(),
  })
  .meta({ id: 'ImportMapping' });
export type ImportMapping = z.infer<typeof ImportMapping>;

/** What is wrong with a cell, and how it could be put right. `value` is what the cell says. */
export const ImportProblem = z.object({
  column: z.string(),
  value: z.string(),
  reason: z.string(),
  fix: z.string(),
});
export type ImportProblem = z.infer<typeof ImportProblem>;

/** A row as it would be recorded; or what is wrong with it. */
export const ImportPreviewRow = z.object({
  file: z.int(),
  row: z.int(),
  learner: z.string().optional(),
  title: z.string().optional(),
  verb: Verb.optional(),
  date: Time.optional(),
  more: z.string().optional(),
  problems: z.array(ImportProblem),
});
export type ImportPreviewRow = z.infer<typeof ImportPreviewRow>;

export const ImportColumn = z.object({
  name: z.string(),
  field: ImportField,
  samples: z.array(z.string()),
});
export type ImportColumn = z.infer<typeof ImportColumn>;

export const ImportFile = z.object({
  number: z.int(),
  name: z.string(),
  bytes: z.int(),
  kind: z.enum(['csv', 'xlsx']),
  encoding: ImportEncoding.optional(),
  /** Why none of it, or nothing more of it, can be read. */
  problem: z.object({ row: z.int().optional(), reason: z.string(), fix: z.string() }).optional(),
});
export type ImportFile = z.infer<typeof ImportFile>;

/** `withdrawn`: a learner of the provider was erased, and nobody could say whom its files name. */
export const ImportState = z.enum(['waiting', 'running', 'done', 'cancelled', 'withdrawn']);
export type ImportState = z.infer<typeof ImportState>;

/** An upload (GET /v1/imports/{id}): while it waits, with a preview of what would be recorded. */
export const Import = z
  .object({
    id: z.string(),
    job: z.string(),
    state: ImportState,
    /** `test`: it is a trial, of which nothing is recorded. */
    area: Area,
    createdAt: Time,
    /** Until when it waits to be confirmed. After that it is deleted, with its files. */
    waitsUntil: Time.optional(),
    files: z.array(ImportFile),
    mapping: ImportMapping,
    /** Whether the mapping is the one that you confirmed last for these columns. */
    remembered: z.boolean(),
    columns: z.array(ImportColumn),
    /** What must still be said before it can start. */
    missing: z.array(z.enum(['learner', 'title', 'date', 'verb'])),
    rows: z.array(ImportPreviewRow),
  })
  .meta({ id: 'Import' });
export type Import = z.infer<typeof Import>;

/** A list of uploads, the latest first. */
export const Imports = z.object({
  data: z.array(Import.pick({ id: true, job: true, state: true, area: true, createdAt: true })),
});
export type Imports = z.infer<typeof Imports>;

/** Work that goes on by itself (GET /v1/jobs/{id}, and each event of its stream). */
export const Job = z
  .object({
    id: z.string(),
    kind: z.literal('import'),
    state: ImportState,
    area: Area,
    /** Of a trial: that nothing of it counts, in plain words. */
    note: z.string().optional(),
    /** Set while it waits, as your client has used up its quota; then it goes on by itself. */
    pausedUntil: Time.optional(),
    /** Rows looked at, and how many there are as far as that is known. */
    done: z.int(),
    total: z.int().nullable(),
    secondsLeft: z.int().nullable(),
    /** `test`: rows of a trial that would have been taken. */
    counts: z.object({ recorded: z.int(), duplicate: z.int(), test: z.int(), refused: z.int() }),
    files: z.object({ done: z.int(), total: z.int() }),
  })
  .meta({ id: 'Job' });
export type Job = z.infer<typeof Job>;

/** A page of refused rows (GET /v1/imports/{id}/errors), in the order of the files. */
export const ImportErrors = z.object({
  data: z.array(ImportProblem.extend({ file: z.int(), row: z.int() })),
  nextCursor: z.string().nullable(),
});
export type ImportErrors = z.infer<typeof ImportErrors>;
