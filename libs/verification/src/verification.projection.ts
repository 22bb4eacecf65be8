import { Injectable } from '@nestjs/common';
import { type Fact, facts, type Message, type Topic } from '#contracts';
import { type Projection, ProjectionHandler, type Transaction } from '#log';

/** What it takes to check our own credentials without asking anybody. Nothing in it is personal. */
@Injectable()
@ProjectionHandler()
export class VerificationProjection implements Projection {
  readonly name = 'verification';
  readonly topics: readonly Topic[] = ['credentials.v1', 'identity.v1'];
  readonly tables = [
    'verification.issuer_key',
    'verification.client',
    'verification.issued',
    'verification.revoked',
    'verification.erased',
  ];

  async handle(batch: readonly Message[], tx: Transaction): Promise<void> {
    for (const message of batch)
      switch (message.kind) {
        case 'issuer-key-created':
          await this.#keyCreated(facts['issuer-key-created'].data.parse(message.data), tx);
          break;
        case 'client-registered':
          await this.#registered(facts['client-registered'].data.parse(message.data), tx);
          break;
        case 'credential-issued':
          await this.#issued(facts['credential-issued'].data.parse(message.data), message, tx);
          break;
        case 'credential-revoked':
          await this.#revoked(facts['credential-revoked'].data.parse(message.data), tx);
          break;
        case 'learner-erased':
          await this.#erased(facts['learner-erased'].data.parse(message.data), tx);
          break;
        default:
      }
  }

  async #keyCreated(key: Fact<'issuer-key-created'>['data'], tx: Transaction): Promise<void> {
    await tx.query(
      `insert into verification.issuer_key (did, key_id, issuer, public_key_multibase)
       values ($1, $2, $3, $4) on conflict do nothing`,
      [key.did, key.keyId, key.issuer, key.publicKeyMultibase],
    );
  }

  async #registered({ client }: Fact<'client-registered'>['data'], tx: Transaction): Promise<void> {
    await tx.query(
      `insert into verification.client (id, name) values ($1, $2)
       on conflict (id) do update set name = excluded.name`,
      [client.id, client.name],
    );
  }

  async #issued(
    issued: Fact<'credential-issued'>['data'],
    { alias }: Message,
    tx: Transaction,
  ): Promise<void> {
    const { credentialId, issuer, digest, statusListId, statusListIndex } = issued;
    await tx.query(
      `insert into verification.issued (credential_id, issuer, digest, list_id, index, alias)
       select $1, $2, $3, $4, $5::int, $6
       where not exists (select from verification.erased where alias = $6)
       on conflict do nothing`,
      [credentialId, issuer, digest, statusListId, statusListIndex, alias],
    );
  }

  async #revoked(revoked: Fact<'credential-revoked'>['data'], tx: Transaction): Promise<void> {
    await tx.query(
      `insert into verification.revoked (list_id, index, revoked_at, reason)
       values ($1, $2, $3, $4) on conflict do nothing`,
      [revoked.statusListId, revoked.statusListIndex, revoked.revokedAt, revoked.reason],
    );
  }

  /** Also keeps the aliases: another topic may bring what was theirs later. */
  async #erased({ aliases }: Fact<'learner-erased'>['data'], tx: Transaction): Promise<void> {
    await tx.query('delete from verification.issued where alias = any($1)', [aliases]);
    await tx.query(
      'insert into verification.erased select unnest($1::text[]) on conflict do nothing',
      [aliases],
    );
  }
}
