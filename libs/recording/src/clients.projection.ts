import { Injectable } from '@nestjs/common';
import { facts, type Message, type Topic } from '#contracts';
import { type Projection, ProjectionHandler, type Transaction } from '#log';
import { Clients } from './clients.js';
import { Correctors } from './correctors.js';

/** Registered clients, and who may correct for whom, as recording needs them. */
@Injectable()
@ProjectionHandler()
export class ClientsProjection implements Projection {
  readonly name = 'recording-clients';
  readonly topics: readonly Topic[] = ['identity.v1'];
  readonly tables = ['recording.client', 'recording.corrector'];

  constructor(
    private readonly clients: Clients,
    private readonly correctors: Correctors,
  ) {}

  async handle(batch: readonly Message[], tx: Transaction): Promise<void> {
    for (const message of batch) {
      const { kind, data } = message;
      if (kind === 'corrector-named' || kind === 'corrector-dismissed')
        await this.correctors.learn(message, tx);
      if (kind !== 'client-registered') continue;
      const { client, basicKeySha256 } = facts['client-registered'].data.parse(data);
      await tx.query(
        `insert into recording.client (id, definition, basic_key_sha256) values ($1, $2, $3)
         on conflict (id) do update set definition = excluded.definition,
           basic_key_sha256 = excluded.basic_key_sha256`,
        [client.id, JSON.stringify(client), basicKeySha256],
      );
      this.clients.forget(client.id);
    }
  }
}
