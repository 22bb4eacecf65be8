import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from '#contracts';
import { Correctors } from '../correctors.js';
import { DeliveryBook } from '../deliveries/delivery-book.js';
import { Provider, type Said } from './provider.js';
import type { RunningRecorder, StartService } from './running-recorder.js';
import { client } from './samples.js';
import { usingRecorderAs } from './using-recorder.js';

const CATCH_UP_MS = 20_000;

/** A provider, and two quality assurance bodies of which it can let some correct for it. */
class Correcting {
  /** What the provider says of who may correct for it. */
  readonly uni = {
    name: (corrector: string, sources: readonly string[]) =>
      this.nameFor(client.id, corrector, sources),
    dismiss: (corrector: string) => this.#tell(client.id, corrector, []),
  };

  private constructor(
    readonly provider: Provider,
    readonly qa: Provider,
    readonly qb: Provider,
  ) {}

  static async of(recorder: RunningRecorder): Promise<Correcting> {
    const { journal, db } = recorder.service.foundation;
    await journal.append(
      ['qa', 'qb'].map((id) => ({
        kind: 'client-registered',
        data: {
          basicKeySha256: '',
          secretSha256: '',
          client: {
            ...client,
            id,
            type: 'government',
            sources: [`urn:llcl:${id}:desk`],
            learningContext: 'informal',
            highestAssurance: 'quality-assured',
          },
        },
      })),
    );
    await until(async () => {
      const rows = await db.query<object[]>(`select from recording.client where id like 'q_'`);
      return rows.length === 2;
    });
    const as = (id: string) => Provider.of(recorder, id);
    return new Correcting(await as(client.id), await as('qa'), await as('qb'));
  }

  /** Lets one client correct for another. */
  nameFor(provider: string, corrector: string, sources: readonly string[]): Promise<void> {
    return this.#tell(provider, corrector, sources);
  }

  /** The entry that an event became, and what it says, opened. */
  async entryOf(answer: Said | undefined): ReturnType<RunningRecorder['entryAt']> {
    if (!answer || !('seq' in answer)) throw new Error(`not recorded: ${JSON.stringify(answer)}`);
    return this.provider.recorder.entryAt(answer.seq);
  }

  /** Tells the recorder all about who may correct for the provider again, the latest first. */
  async repeat(corrector: string): Promise<void> {
    const { app, foundation } = this.provider.recorder.service;
    const messages: readonly Message[] = await foundation.log.readStream(
      streamOf(client.id, corrector),
    );
    for (const message of messages.toReversed())
      await foundation.db.transaction((tx) => app.get(Correctors).learn(message, tx));
  }

  /** How many refused items of a client are kept. */
  async kept(id: string): Promise<number> {
    const { app, foundation } = this.provider.recorder.service;
    await app.get(DeliveryBook).flush();
    const text = 'select from recording.refused_item where client = $1';
    return (await foundation.db.query<object[]>(text, [id])).length;
  }

  async #tell(provider: string, corrector: string, sources: readonly string[]): Promise<void> {
    const { journal, log, db } = this.provider.recorder.service.foundation;
    const stream = streamOf(provider, corrector);
    const version = (await log.readStream(stream)).length + 1;
    const both = { provider, corrector };
    const said =
      sources.length > 0
        ? ({ kind: 'corrector-named', data: { ...both, sources: [...sources] } } as const)
        : ({ kind: 'corrector-dismissed', data: both } as const);
    await journal.append([{ ...said, provider, stream, version }]);
    await until(async () => {
      const text = `select from recording.corrector
        where provider = $1 and client = $2 and version >= $3`;
      return (await db.query<object[]>(text, [provider, corrector, version])).length > 0;
    });
  }
}

const streamOf = (provider: string, corrector: string): string =>
  `corrector-${provider}:${corrector}`;

const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + CATCH_UP_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('the news never arrived');
    await sleep(20);
  }
};

/** All of them on a database of their own, for all tests of a file. */
export const usingCorrecting = (startService: StartService): (() => Correcting) =>
  usingRecorderAs(startService, (recorder) => Correcting.of(recorder));
