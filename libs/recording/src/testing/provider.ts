import { type Problem, type Receipt, Results } from '#contracts';
import { type Answer, basic, type RunningRecorder, type StartService } from './running-recorder.js';
import { client, event, SOURCE } from './samples.js';
import { usingRecorderAs } from './using-recorder.js';

/** What became of an event. */
export type Said = Receipt | Problem;
export const said = (answer: Said): string => ('code' in answer ? answer.code : answer.status);

/** A provider as it talks to a running recorder. */
export class Provider {
  private constructor(
    readonly recorder: RunningRecorder,
    private readonly bearer: string,
  ) {}

  static async of(recorder: RunningRecorder, id = client.id): Promise<Provider> {
    const actor = { id, role: 'provider', organisation: id } as const;
    return new Provider(recorder, await recorder.tokenFor(actor));
  }

  /** What is answered to each event, in one request. Throws unless the request itself is right. */
  post(...events: readonly object[]): Promise<readonly Said[]> {
    return this.#post(events, {});
  }

  /** The same in the test area. */
  async tries(...events: readonly object[]): Promise<readonly string[]> {
    return (await this.#post(events, { 'x-ledger-test': 'true' })).map(said);
  }

  async #post(events: readonly object[], more: Record<string, string>): Promise<readonly Said[]> {
    const headers = { authorization: this.bearer, ...more };
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
      authorization: basic(client.id),
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
export const usingProvider = (startService: StartService): (() => Provider) =>
  usingRecorderAs(startService, (recorder) => Provider.of(recorder));

/** A correction of one of the provider's own events. */
export const correcting = (target: string, id: string, part: object = {}, data: object = {}) =>
  event(
    { id, ...part },
    { ...data, supersedes: { source: SOURCE, id: target, reason: 'regrade' } },
  );
