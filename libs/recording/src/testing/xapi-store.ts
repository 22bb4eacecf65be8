import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { basic, type RunningRecorder, type StartService, XAPI_SECRET } from './running-recorder.js';
import { client } from './samples.js';
import { usingRecorderAs } from './using-recorder.js';

const CATCH_UP_MS = 20_000;

export interface XapiAnswered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The body, if it is JSON. */
  readonly json: Record<string, any>;
}
export interface Asked {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly version?: '1.0.3' | '2.0.0';
}

/** What one client sees of the Learning Record Store of a running recorder. */
export class XapiStore {
  constructor(
    readonly recorder: RunningRecorder,
    readonly client: string,
  ) {}

  get #app() {
    return this.recorder.service.app;
  }

  as(id: string): XapiStore {
    return new XapiStore(this.recorder, id);
  }

  /** Registers more clients, each with a source of its own. */
  async register(...ids: readonly string[]): Promise<void> {
    const { journal, db } = this.recorder.service.foundation;
    const basicKeySha256 = createHash('sha256').update(XAPI_SECRET).digest('hex');
    await journal.append(
      ids.map((id) => ({
        kind: 'client-registered' as const,
        data: {
          client: { ...client, id, sources: [`urn:llcl:${id}:lms`] },
          basicKeySha256,
          secretSha256: basicKeySha256,
        },
      })),
    );
    const deadline = Date.now() + CATCH_UP_MS;
    const missing = async () =>
      (await db.query<object[]>('select id from recording.client where id = any($1)', [ids]))
        .length < ids.length;
    while (await missing()) {
      if (Date.now() > deadline) throw new Error('the clients never arrived');
      await sleep(20);
    }
  }

  async request(method: string, path: string, asked: Asked = {}): Promise<XapiAnswered> {
    const { body, headers = {}, version = '1.0.3' } = asked;
    const response = await this.#app.inject({
      method: method as 'GET',
      url: path.startsWith('/') ? path : `/xapi/${path}`,
      headers: {
        authorization: basic(this.client),
        'x-experience-api-version': version,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : {
            payload:
              Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body),
          }),
    });
    const { statusCode: status, body: text } = response;
    const isJson = String(response.headers['content-type']).includes('json') && text !== '';
    return {
      status,
      headers: response.headers,
      text,
      json: (isJson ? JSON.parse(text) : {}) as Record<string, any>,
    };
  }

  /** Stores statements in one request. Out: their ids. Throws unless they are stored. */
  async post(statements: unknown, asked: Asked = {}): Promise<readonly string[]> {
    const { status, text, json } = await this.request('POST', 'statements', {
      body: statements,
      ...asked,
    });
    if (status !== 200) throw new Error(`${status} ${text}`);
    return json as unknown as string[];
  }

  get(id: string, name = 'statementId'): Promise<XapiAnswered> {
    return this.request('GET', `statements?${name}=${id}`);
  }

  /** One page. */
  list(query: Readonly<Record<string, string>> = {}): Promise<XapiAnswered> {
    return this.request('GET', `statements?${new URLSearchParams(query).toString()}`);
  }

  /** The ids of all pages of a query, page by page. Throws unless each is answered. */
  async pages(query: Readonly<Record<string, string>> = {}): Promise<readonly string[][]> {
    const pages: string[][] = [];
    for (let answer = await this.list(query); ;) {
      if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
      pages.push((answer.json['statements'] as { id: string }[]).map(({ id }) => id));
      const more = answer.json['more'] as string;
      if (more === '') return pages;
      answer = await this.request('GET', more);
    }
  }

  async ids(query: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
    return (await this.pages(query)).flat();
  }

  /** How many statements are stored, of all clients. */
  async stored(): Promise<number> {
    const { db } = this.recorder.service.foundation;
    const [row] = await db.query<{ n: number }[]>(
      'select count(*)::int n from recording.statement',
    );
    return row?.n ?? 0;
  }

  /** How many entries the ledger has, and how many statements are stored. */
  async counts(): Promise<readonly [entries: number, stored: number]> {
    return [await this.recorder.size(), await this.stored()];
  }

  /** How much something adds to the ledger and to the store. */
  async added(
    work: () => Promise<unknown>,
  ): Promise<{ readonly entries: number; readonly stored: number }> {
    const [entries, stored] = await this.counts();
    await work();
    const [entriesNow, storedNow] = await this.counts();
    return { entries: entriesNow - entries, stored: storedNow - stored };
  }
}

/** A store on a database of its own, for all tests of a file; more clients may be registered. */
export const usingXapiStore = (
  startService: StartService,
  ...others: readonly string[]
): (() => XapiStore) =>
  usingRecorderAs(startService, async (recorder) => {
    const store = new XapiStore(recorder, client.id);
    if (others.length > 0) await store.register(...others);
    return store;
  });

/** A body of statements with attachments, each under its hash. */
export const multipart = (
  statements: unknown,
  contents: readonly (Buffer | string)[],
  part: { readonly headers?: (sha2: string) => readonly string[]; readonly end?: string } = {},
): Asked => {
  const boundary = 'a-boundary';
  const headers =
    part.headers ??
    ((sha2) => [
      'Content-Type: text/plain',
      'Content-Transfer-Encoding: binary',
      `X-Experience-API-Hash: ${sha2}`,
    ]);
  const parts = contents.flatMap((content) => [
    Buffer.from(`--${boundary}\r\n${headers(sha256Of(content)).join('\r\n')}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);
  const json = JSON.stringify(statements);
  const first = `--${boundary}\r\nContent-Type: application/json\r\n\r\n${json}\r\n`;
  return {
    headers: { 'content-type': `multipart/mixed; boundary=${boundary}` },
    body: Buffer.concat([
      Buffer.from(first),
      ...parts,
      Buffer.from(part.end ?? `--${boundary}--\r\n`),
    ]),
  };
};

export const sha256Of = (content: Buffer | string): string =>
  createHash('sha256').update(content).digest('hex');

/** What a statement says of an attachment. */
export const attachment = (content: Buffer | string, part: object = {}) => ({
  usageType: 'http://example.com/usage/essay',
  display: { en: 'An essay' },
  contentType: 'text/plain',
  length: content.length,
  sha2: sha256Of(content),
  ...part,
});
