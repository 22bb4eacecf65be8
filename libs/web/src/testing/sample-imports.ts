import type { Import, ImportErrors, Job } from '#contracts';

const waiting: Import = {
  id: 'imp_waiting',
  job: 'imp_waiting',
  state: 'waiting',
  area: 'live',
  createdAt: '2026-11-25T13:00:00Z',
  waitsUntil: '2026-12-02T13:00:00Z',
  files: [
    { number: 1, name: 'Lesekreis März.csv', bytes: 12_000, kind: 'csv', encoding: 'utf-8' },
    {
      number: 2,
      name: 'scan.pdf',
      bytes: 900,
      kind: 'csv',
      problem: { reason: 'This is no table.', fix: 'Save it as .xlsx.' },
    },
  ],
  mapping: {
    columns: [
      { name: 'Ausweis', field: 'learner' },
      { name: 'Veranstaltung', field: 'title' },
      { name: 'Datum', field: 'date' },
      { name: 'Bemerkung', field: 'ignore' },
    ],
    verb: 'participated',
    dateOrder: 'dmy',
    decimal: ',',
  },
  remembered: true,
  columns: [
    { name: 'Ausweis', field: 'learner', samples: ['card-204', 'card-205'] },
    { name: 'Veranstaltung', field: 'title', samples: ['Lesekreis'] },
    { name: 'Datum', field: 'date', samples: ['3.4.2026', '10.4.2026'] },
    { name: 'Bemerkung', field: 'ignore', samples: [] },
  ],
  missing: [],
  rows: [
    {
      file: 1,
      row: 2,
      learner: 'card-204',
      title: 'Lesekreis',
      verb: 'participated',
      date: '2026-04-03T12:00:00Z',
      more: '2 h',
      problems: [],
    },
    {
      file: 1,
      row: 3,
      problems: [
        {
          column: 'Datum',
          value: '31.4.2026',
          reason: 'No calendar has this day.',
          fix: 'Check the day and the month.',
        },
      ],
    },
  ],
};

/** Uploads of a library in each of their states. */
export const all: readonly Import[] = [
  waiting,
  { ...waiting, id: 'imp_unclear', missing: ['learner', 'title'], rows: [], remembered: false },
  { ...waiting, id: 'imp_running', state: 'running', rows: [] },
  { ...waiting, id: 'imp_done', state: 'done', rows: [] },
  { ...waiting, id: 'imp_trial', area: 'test' },
  { ...waiting, id: 'imp_trying', area: 'test', state: 'running', rows: [] },
  { ...waiting, id: 'imp_tried', area: 'test', state: 'done', rows: [] },
];

export const runningJob: Job = {
  id: 'imp_running',
  kind: 'import',
  state: 'running',
  area: 'live',
  done: 420,
  total: 1_000,
  secondsLeft: 130,
  counts: { recorded: 400, duplicate: 15, test: 0, refused: 5 },
  files: { done: 1, total: 2 },
};
export const doneJob: Job = {
  ...runningJob,
  id: 'imp_done',
  state: 'done',
  done: 1_000,
  secondsLeft: null,
  counts: { recorded: 980, duplicate: 15, test: 0, refused: 1 },
  files: { done: 2, total: 2 },
};
const note = 'This is a trial: nothing of it is recorded, and nothing counts.';
/** Jobs by the id of their import; any other runs. */
export const jobs: Readonly<Record<string, Job>> = {
  imp_done: doneJob,
  imp_trying: { ...runningJob, id: 'imp_trying', area: 'test', note },
  imp_tried: {
    ...doneJob,
    id: 'imp_tried',
    area: 'test',
    note,
    counts: { recorded: 0, duplicate: 0, test: 995, refused: 1 },
  },
};
export const errors: ImportErrors = {
  data: [
    {
      file: 1,
      row: 3,
      column: 'Datum',
      value: '31.4.2026',
      reason: 'No calendar has this day.',
      fix: 'Check the day and the month.',
    },
  ],
  nextCursor: '1-501',
};
