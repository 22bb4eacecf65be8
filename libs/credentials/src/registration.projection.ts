import { Injectable } from '@nestjs/common';
import { facts, type Message, type Topic } from '#contracts';
import { type Projection, ProjectionHandler, type Transaction } from '#log';
import { IssuerKeys } from './issuer-keys.js';

/**
 * A key and a name for each client that registers. Apart from issuing, which waits for it: one
 * reader that waited for what only it could bring would wait for ever.
 */
@Injectable()
@ProjectionHandler()
export class RegistrationProjection implements Projection {
  readonly name = 'issuer-registration';
  readonly topics: readonly Topic[] = ['identity.v1'];
  readonly tables = ['credentials.client'];

  constructor(private readonly keys: IssuerKeys) {}

  async handle(batch: readonly Message[], tx: Transaction): Promise<void> {
    for (const message of batch) {
      if (message.kind !== 'client-registered') continue;
      const { client } = facts['client-registered'].data.parse(message.data);
      await this.keys.ensure(client.id);
      await tx.query(
        `insert into credentials.client (id, name, url, country) values ($1, $2, $3, $4)
         on conflict (id) do update set name = excluded.name, url = excluded.url,
           country = excluded.country`,
        [client.id, client.name, client.homePage, client.country],
      );
    }
  }
}
