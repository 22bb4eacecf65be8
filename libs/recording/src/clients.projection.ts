import { Injectable } from '@nestjs/common';
import { facts, type Message, type Topic } from '#contracts';
import { type Projection, ProjectionHandler, type Transaction } from '#log';
import { Clients } from './clients.js';

/** Registered clients, as recording needs them. */
@Injectable()
@ProjectionHandler()
export class ClientsProjection implements Projection {
  readonly name = 'recording-clients';
  readonly topics: readonly Topic[] = ['identity.v1'];
  readonly tables = ['recording.client'];

  constructor(private readonly clients: Clients) {}

  async handle(batch: readonly Message[], tx: Transaction): Promise<void> {
    for (const { kind, data } of batch) {
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
