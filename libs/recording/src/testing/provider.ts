import { afterAll, beforeAll } from '@jest/globals';
import { type Problem, type Receipt, Results } from '#contracts';
import { createDatabase, type Database } from '#testing';
import {
  type Answer,
  RunningRecorder,
  type StartService,
  XAPI_SECRET,
} from './running-recorder.js';
import { client, event, SOURCE } from './samples.js';

/** What became of an event. */
export type Said = Receipt | Problem;
export const said = (answer: Said): string => ('code' in answer ? answer.code : answer.status);

/** A provider as it talks to a running recorder. */
class Provider {
  private constructor(
    readonly recorder: RunningRecorder,
    private readonly bearer: string,
  ) {}

  static async of(recorder: RunningRecorder): Promise<Provider> {
    const actor = { id: client.id, role: 'provider', organisation: client.id } as const;
    return new Provider(recorder, await recorder.tokenFor(actor));
  }

  /** What is answered to each event, in one request. Throws unless the request itself is right. */
  async post(...events: readonly object[]): Promise<readonly Said[]> {
    const headers = { authorization: this.bearer };
    const response = await this.recorder.send('POST', '/v1/events', events, headers);
    if (response.status !== 200) throw new Error(`${response.status} ${response.text}`);
    return Results.parse(response.json).results as readonly Said[];
  }

  /** The same, each in a request of its own. */
  async oneByOne(...events: readonly object[]): Promise<readonly string[]> {
    const answers: string[] = [];
    for (const each of events) answers.push(...(await this.post(each)).map(said));
    return answers;
  }

  xapi(method: 'POST' | 'PUT', path: string, body: unknown): Promise<Answer> {
    return this.recorder.send(method, `/xapi/${path}`, body, {
      authorization: `Basic ${Buffer.from(`${client.id}:${XAPI_SECRET}`).toString('base64')}`,
      'x-experience-api-version': '1.0.3',
    });
  }

  /** How many entries something adds. */
  async added(work: () => Promise<unknown>): Promise<number> {
    const before = await this.recorder.size();
    await work();
    return (await this.recorder.size()) - before;
  }
}

/** A provider and a recorder on a database of their own, for all tests of a file. */
export const usingProvider = (startService: StartService): (() => Provider) => {
  let database: Database | undefined;
  let provider: Provider | undefined;
  beforeAll(async () => {
    database = await createDatabase();
    provider = await Provider.of(await RunningRecorder.start(startService, database.url));
  }, 60_000);
  afterAll(async () => {
    await provider?.recorder.stop();
    await database?.close();
  }, 30_000);
  return () => {
    if (!provider) throw new Error('there is a provider within tests only');
    return provider;
  };
};

/** A correction of one of the provider's own events. */
export const correcting = (target: string, id: string, part: object = {}, data: object = {}) =>
  event(
    { id, ...part },
    { ...data, supersedes: { source: SOURCE, id: target, reason: 'regrade' } },
  );
