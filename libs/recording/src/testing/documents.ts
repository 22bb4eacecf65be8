import { createHash, randomUUID } from 'node:crypto';
import { beforeEach } from '@jest/globals';
import { DomainError } from '#kernel';
import { type Client, problemOf } from '#contracts';
import { DocumentResources } from '../xapi/documents/document-resources.js';
import type { XapiAnswer, XapiRequest, XapiVersion } from '../xapi/resource.js';
import type { StartService } from './running-recorder.js';
import { client } from './samples.js';
import { usingXapiStore } from './xapi-store.js';

export const STATE = '/activities/state';
export const ACTIVITY = '/activities/profile';
export const AGENT = '/agents/profile';
export const RACERS = 16;
/** What begins a document, and replaces none. */
export const NEW = { headers: { 'if-none-match': '*' } };
export const other: Client = { ...client, id: 'mooc' };

export type Parameters = Readonly<Record<string, string>>;
interface Ask {
  readonly body?: unknown;
  readonly headers?: XapiRequest['headers'];
  readonly client?: Client;
  readonly version?: XapiVersion;
}

export const jsonOf = ({ body }: XapiAnswer): unknown =>
  Buffer.isBuffer(body) ? (JSON.parse(body.toString()) as unknown) : body;
export const sha1 = (content: Buffer | string): string =>
  `"${createHash('sha1').update(content).digest('hex')}"`;
export const account = (name: string): string =>
  JSON.stringify({ account: { homePage: 'https://uni.example', name } });
/** Sorted: what is written in one millisecond comes in any order. */
export const idsOf = ({ body }: XapiAnswer): readonly string[] =>
  [...(body as readonly string[])].toSorted();
export const statuses = (answers: readonly XapiAnswer[]): readonly number[] =>
  answers.map(({ status }) => status).toSorted((a, b) => a - b);
export const racing = (ask: (n: number) => Promise<XapiAnswer>): Promise<XapiAnswer[]> =>
  Promise.all(Array.from({ length: RACERS }, (_, n) => ask(n)));
/** The parameters that list what these name one of. */
export const listOf = (named: Parameters): Parameters =>
  Object.fromEntries(
    Object.entries(named).filter(([name]) => !/^(?:state|profile)Id$/u.test(name)),
  );

/**
 * The resources that keep documents, on a database of their own, for all tests of a file; each test
 * has an activity and an agent of its own.
 */
export const usingDocuments = (startService: StartService) => {
  const store = usingXapiStore(startService);
  let activityId: string;
  let agent: string;
  beforeEach(() => {
    activityId = `https://uni.example/course/${randomUUID()}`;
    agent = account(randomUUID());
  });
  const foundation = () => store().recorder.service.foundation;
  return {
    get activityId() {
      return activityId;
    },
    get agent() {
      return agent;
    },
    get db() {
      return foundation().db;
    },
    get vault() {
      return foundation().vault;
    },
    /** Each of the three kinds of documents, with the parameters that name one. */
    kinds: [
      [STATE, () => ({ activityId, agent, stateId: 'one' })],
      [ACTIVITY, () => ({ activityId, profileId: 'one' })],
      [AGENT, () => ({ agent, profileId: 'one' })],
    ] as const,
    /** What the resource answers, refusals as the status and problem they are rendered as. */
    ask: async (
      method: XapiRequest['method'],
      path: string,
      parameters: Parameters,
      { body, headers, client: by = client, version = '1.0.3' }: Ask = {},
    ): Promise<XapiAnswer & { code?: string }> => {
      const { resources } = store().recorder.service.app.get(DocumentResources, { strict: false });
      const resource = resources.find((one) => one.path === path);
      if (!resource) throw new Error(`no resource ${path}`);
      const bytes = Buffer.isBuffer(body)
        ? body
        : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? ''));
      const request = {
        method,
        parameters,
        headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        body: bytes,
        client: by,
        version,
      };
      try {
        return await resource.handle(request);
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        const { status, code } = problemOf(error.code);
        return { status, code };
      }
    },
    rows: async (): Promise<number> => {
      const [row] = await foundation().db.query<{ n: number }[]>(
        'select count(*)::int as n from recording.document',
      );
      return row?.n ?? Number.NaN;
    },
  };
};
