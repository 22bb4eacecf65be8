import { Injectable } from '@nestjs/common';
import type { Client, Import, ImportMapping, ImportPreviewRow } from '#contracts';
import { keyOf } from './columns.js';
import { ImportStore, type StoredImport, type StoredImportFile } from './import-store.js';
import { PREVIEW_FILES_MAX, PREVIEW_ROWS, SAMPLES_SHOWN } from './limits.js';
import { type Look, lookAt } from './look.js';
import { missingIn, planOf, proposed } from './mapping.js';
import { RememberedMappings } from './remembered-mappings.js';
import { readRow, type ReadRow } from './row-event.js';
import { StoredFiles } from './stored-files.js';

interface Seen {
  readonly file: StoredImportFile;
  readonly look: Look;
}
interface SeenColumn {
  readonly name: string;
  readonly samples: readonly string[];
}

/** What is kept of a mapping for the next file of its kind: not what was said of this one. */
const lasting = ({ title: _t, activity: _a, date: _d, ...rest }: ImportMapping): ImportMapping =>
  rest;

/** Shows what would be recorded, before anything is. */
@Injectable()
export class Previews {
  constructor(
    private readonly store: ImportStore,
    private readonly files: StoredFiles,
    private readonly mappings: RememberedMappings,
  ) {}

  /** An import as it stands: its columns, what they are taken for, and what its rows become. */
  async of(stored: StoredImport, client: Client): Promise<Import> {
    const { id, state, area } = stored;
    const seen = await this.#look(stored);
    const columns = columnsOf(seen);
    const keys = columns.map(({ name }) => keyOf(name));
    const remembered = stored.mapping ? undefined : await this.mappings.of(client.id, keys);
    const mapping = completed(stored.mapping ?? remembered, columns, seen);
    const fields = new Map(mapping.columns.map(({ name, field }) => [name, field]));
    const missing = missingIn(mapping);
    return {
      id,
      job: id,
      state,
      area,
      createdAt: stored.createdAt.toISOString(),
      ...(state === 'waiting' ? { waitsUntil: stored.waitsUntil.toISOString() } : {}),
      files: stored.files.map((file) => fileOf(file, seen)),
      mapping,
      remembered: remembered !== undefined,
      columns: columns.map(({ name, samples }) => ({
        name,
        field: fields.get(name) ?? 'ignore',
        samples: [...new Set(samples)].slice(0, SAMPLES_SHOWN),
      })),
      missing: [...missing],
      rows: state === 'waiting' && missing.length === 0 ? previewOf(seen, mapping, client) : [],
    };
  }

  /** Keeps the mapping for the next files with these columns. */
  async remember(client: string, { columns, mapping }: Import): Promise<void> {
    const keys = columns.map(({ name }) => keyOf(name));
    await this.mappings.remember(client, keys, lasting(mapping));
  }

  async #look({ id, state, files, mapping }: StoredImport): Promise<readonly Seen[]> {
    const seen: Seen[] = [];
    for (const file of files.slice(0, PREVIEW_FILES_MAX)) {
      const { kind, bytes, isUtf8, problem } = file;
      if (problem && !file.look) continue;
      const encoding = kind === 'csv' ? mapping?.encoding : undefined;
      const isKnown = file.look && file.look.chosen === encoding;
      if (file.look && (isKnown || state !== 'waiting')) seen.push({ file, look: file.look });
      else if (state === 'waiting') {
        const stored = this.files.file(id, file.number, bytes);
        const look = await lookAt({ kind, bytes: stored, isUtf8 }, encoding);
        await this.store.saveLook(id, file.number, look, 'waiting');
        seen.push({ file, look });
      }
    }
    return seen;
  }
}

/** The columns of all files, each name once. */
const columnsOf = (seen: readonly Seen[]): readonly SeenColumn[] => {
  const columns = new Map<string, SeenColumn>();
  for (const { look } of seen)
    for (const [n, name] of look.names.entries()) {
      const key = keyOf(name);
      if (!columns.has(key)) columns.set(key, { name, samples: look.samples[n] ?? [] });
    }
  return [...columns.values()];
};

/** A mapping with every column that is there and none that is not. */
const completed = (
  known: ImportMapping | undefined,
  columns: readonly SeenColumn[],
  seen: readonly Seen[],
): ImportMapping => {
  const delimiter = seen.find(({ look }) => look.delimiter !== undefined)?.look.delimiter;
  if (!known) return proposed(columns, delimiter);
  const fields = new Map(known.columns.map(({ name, field }) => [keyOf(name), field]));
  const named = columns.map(({ name }) => ({ name, field: fields.get(keyOf(name)) ?? 'ignore' }));
  return { ...known, columns: named };
};

const fileOf = (file: StoredImportFile, seen: readonly Seen[]): Import['files'][number] => {
  const { number, name, bytes, kind } = file;
  const look = seen.find((one) => one.file.number === number)?.look;
  const problem = file.problem ?? look?.problem;
  return {
    number,
    name,
    bytes,
    kind,
    ...(look?.encoding === undefined ? {} : { encoding: look.encoding }),
    ...(problem === undefined
      ? {}
      : {
          problem: {
            reason: problem.reason,
            fix: problem.fix,
            ...(problem.row === undefined ? {} : { row: problem.row }),
          },
        }),
  };
};

const previewOf = (
  seen: readonly Seen[],
  mapping: ImportMapping,
  client: Client,
): ImportPreviewRow[] => {
  const rows: ImportPreviewRow[] = [];
  for (const { file, look } of seen) {
    const plan = planOf(mapping, look.names, { client, date1904: look.date1904 });
    if ('lacks' in plan) continue;
    for (const { row, cells } of look.rows) {
      if (rows.length === PREVIEW_ROWS) return rows;
      const read = readRow(plan, cells);
      const learner = cells[plan.at.learner ?? -1] || cells[plan.at.email ?? -1] || undefined;
      if (read !== 'empty') rows.push({ file: file.number, row, ...shown(read, learner) });
    }
  }
  return rows;
};

const shown = (
  read: Exclude<ReadRow, 'empty'>,
  learner: string | undefined,
): Omit<ImportPreviewRow, 'file' | 'row'> => {
  if ('problems' in read) return { problems: [...read.problems] };
  const { report } = read.submission;
  if (report.is === 'void') return { problems: [] };
  const { activity, verb, result, credits } = report.data;
  const { score, grade, duration } = result ?? {};
  const more = [
    score?.raw === undefined ? '' : [score.raw, score.max].filter((n) => n !== undefined).join('/'),
    grade?.value ?? '',
    duration?.replace(/^PT(\d+)M$/u, (_, minutes: string) => `${Number(minutes) / 60} h`) ?? '',
    ...(credits ?? []).map(({ value, system }) => `${value} ${system}`),
  ].filter((part) => part !== '');
  return {
    ...(learner === undefined ? {} : { learner }),
    title: activity.name?.['und'] ?? activity.id,
    verb,
    date: new Date(report.times[0] ?? 0).toISOString(),
    ...(more.length > 0 ? { more: more.join(', ') } : {}),
    problems: [],
  };
};
