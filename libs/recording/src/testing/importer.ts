import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Import, ImportErrors, type ImportMapping, Job } from '#contracts';
import type { StartService } from './running-recorder.js';
import { client } from './samples.js';
import { usingRecorderAs } from './using-recorder.js';

const BOUNDARY = 'xxBOUNDARYxx';
const END_MS = 60_000;

export interface Upload {
  readonly name: string;
  readonly content: Buffer | string;
}

const fieldOf = ([name, value]: readonly [string, string]): Buffer =>
  Buffer.from(
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );

/** A body of multipart/form-data, as a browser sends it; fields come behind the files. */
export const multipartOf = (
  files: readonly Upload[],
  fields: readonly (readonly [name: string, value: string])[] = [],
): Buffer =>
  Buffer.concat([
    ...files.flatMap(({ name, content }) => [
      Buffer.from(
        `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: application/octet-stream\r\n\r\n`,
      ),
      Buffer.from(content),
      Buffer.from('\r\n'),
    ]),
    ...fields.map(fieldOf),
    Buffer.from(`--${BOUNDARY}--\r\n`),
  ]);
export const MULTIPART = `multipart/form-data; boundary=${BOUNDARY}`;

/** Somebody at a provider's desk who uploads spreadsheets over the API. */
export class Importer {
  constructor(
    private readonly app: NestFastifyApplication,
    readonly authorization: string,
  ) {}

  async send(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    body?: { readonly type: string; readonly payload: Buffer | string },
    more: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly status: number; readonly text: string; readonly headers: object }> {
    const response = await this.app.inject({
      method,
      url,
      headers: {
        authorization: this.authorization,
        ...(body ? { 'content-type': body.type } : {}),
        ...more,
      },
      ...(body ? { payload: body.payload } : {}),
    });
    return { status: response.statusCode, text: response.body, headers: response.headers };
  }

  async upload(...files: readonly Upload[]): Promise<string> {
    const body = { type: MULTIPART, payload: multipartOf(files) };
    const { status, text } = await this.send('POST', '/v1/imports', body);
    if (status !== 202) throw new Error(`${status} ${text}`);
    return (JSON.parse(text) as { id: string }).id;
  }

  async show(id: string): Promise<Import> {
    const { status, text } = await this.send('GET', `/v1/imports/${id}`);
    if (status !== 200) throw new Error(`${status} ${text}`);
    return Import.parse(JSON.parse(text));
  }

  /** Changes the mapping as it stands. */
  async map(id: string, change: Partial<ImportMapping>): Promise<Import> {
    const payload = JSON.stringify({ ...(await this.show(id)).mapping, ...change });
    const body = { type: 'application/json', payload };
    const { status, text } = await this.send('PUT', `/v1/imports/${id}/mapping`, body);
    if (status !== 200) throw new Error(`${status} ${text}`);
    return Import.parse(JSON.parse(text));
  }

  async confirm(id: string): Promise<Job> {
    const { status, text } = await this.send('POST', `/v1/imports/${id}/confirm`);
    if (status !== 202) throw new Error(`${status} ${text}`);
    return this.end(id);
  }

  async job(id: string): Promise<Job> {
    const { status, text } = await this.send('GET', `/v1/jobs/${id}`);
    if (status !== 200) throw new Error(`${status} ${text}`);
    return Job.parse(JSON.parse(text));
  }

  /** Waits until it has ended. */
  async end(id: string): Promise<Job> {
    const deadline = Date.now() + END_MS;
    for (;;) {
      const job = await this.job(id);
      if (job.state !== 'running') return job;
      if (Date.now() > deadline) throw new Error(`it does not end: ${JSON.stringify(job)}`);
      await sleep(50);
    }
  }

  /** All that was refused, page by page. */
  async errors(id: string): Promise<ImportErrors['data']> {
    const data: ImportErrors['data'] = [];
    for (let cursor = ''; ;) {
      const { text } = await this.send('GET', `/v1/imports/${id}/errors${cursor}`);
      const page = ImportErrors.parse(JSON.parse(text));
      data.push(...page.data);
      if (page.nextCursor === null) return data;
      cursor = `?cursor=${page.nextCursor}`;
    }
  }
}

let names = 0;
export const fresh = (): string => `u-${(names += 1)}-${Date.now()}`;

/** A CSV file of such rows. */
export const table = (
  rows: readonly string[],
  header = 'Student,Course,Status,Date,Score',
): string => `${[header, ...rows].join('\r\n')}\r\n`;

/** Rows with which nothing is wrong, each of another learner. */
export const good = (count: number, mark = fresh()): string[] =>
  Array.from({ length: count }, (_, n) => `${mark}-${n},Nursing,passed,2026-05-04,${n % 100}`);

/** Two desks, of a provider and of a client without a source, for all tests of a file. */
export const usingImporter = (startService: StartService) => {
  const at = usingRecorderAs(startService, async (recorder) => {
    const { app } = recorder.service;
    const as = (id: string) => recorder.tokenFor({ id, role: 'provider', organisation: id });
    const desk = new Importer(app, await as(client.id));
    return { recorder, desk, other: new Importer(app, await as('empty')) };
  });
  return {
    recorder: () => at().recorder,
    desk: () => at().desk,
    other: () => at().other,
    query: <T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> =>
      at().recorder.service.foundation.db.query(sql, [...parameters]),
  };
};
