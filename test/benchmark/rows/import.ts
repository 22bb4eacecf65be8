import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { LEARNERS } from '../entries.js';
import { postAll } from '../load.js';
import { batches, BATCH_TYPE, openRecorder, type Recorder, resultsAre } from '../recorder.js';
import type { Measured, Prepared, Row } from '../row.js';

const BATCH = 100;
const BOUNDARY = 'bench-boundary';
/** Rows that are made and sent at a time. */
const PIECE_ROWS = 5_000;
const LOOK_MS = 100;
const HEADER = 'Student,Course code,Type,Status,Date,Score,Out of,Event ID\r\n';

/** The same events as those that are posted, as rows. */
const row = (n: number, time: string): string =>
  `learner-${n % LEARNERS},https://bench.example/quiz/${n % 100},exam,completed,${time},${n % 100},100,${randomUUID()}\r\n`;

async function* body(count: number): AsyncGenerator<Buffer> {
  yield Buffer.from(
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="bench.csv"\r\n\r\n${HEADER}`,
  );
  for (let from = 0; from < count; from += PIECE_ROWS) {
    const time = new Date().toISOString();
    const rows = Math.min(PIECE_ROWS, count - from);
    yield Buffer.from(Array.from({ length: rows }, (_, n) => row(from + n, time)).join(''));
    await sleep(0);
  }
  yield Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
}

/** From the first byte of the upload to the last row in the log. */
const importAll = async (recorder: Recorder, count: number): Promise<Measured> => {
  const { url, authorization } = recorder;
  const ask = async (
    method: string,
    path: string,
    more: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
  ): Promise<unknown> => {
    const response = await fetch(new URL(path, url), {
      method,
      ...more,
      headers: { authorization, ...more.headers },
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
  const since = performance.now();
  const { id } = (await ask('POST', '/v1/imports', {
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
    body: body(count) as unknown as NonNullable<RequestInit['body']>,
    duplex: 'half',
  })) as { id: string };
  await ask('POST', `/v1/imports/${id}/confirm`);
  for (;;) {
    const job = (await ask('GET', `/v1/jobs/${id}`)) as {
      state: string;
      counts: { recorded: number };
    };
    if (job.state === 'done') {
      if (job.counts.recorded !== count) throw new Error(JSON.stringify(job));
      break;
    }
    await sleep(LOOK_MS);
  }
  return { rate: (count * 1_000) / (performance.now() - since), loadGeneratorCpuShare: 0 };
};

const residentMegabytes = ({ process }: Recorder): number => {
  const status = readFileSync(`/proc/${process.pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+) kB/u.exec(status)?.[1]) / 1_024);
};

/** A million rows of a CSV file, uploaded and recorded, beside 100,000 events posted in batches. */
export const importRows: Row = {
  row: 'import',
  unit: 'rows/s',
  must: 0.7,
  prepare: async (bench): Promise<Prepared> => {
    const count = bench.isQuick ? 20_000 : 1_000_000;
    const posted = Math.min(count, 100_000);
    const recorder = await openRecorder(bench);
    const headers = { authorization: recorder.authorization, 'content-type': BATCH_TYPE };
    return {
      ours: async () => {
        const measured = await importAll(recorder, count);
        bench.progress(`import: the recorder holds ${residentMegabytes(recorder)} MB`);
        return measured;
      },
      limit: () => {
        const bodies = batches(posted, BATCH);
        const { url } = recorder;
        return postAll({ url, headers, bodies, check: resultsAre(BATCH) }, BATCH);
      },
      close: () => recorder.close(),
    };
  },
};
