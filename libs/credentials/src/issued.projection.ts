import { Injectable } from '@nestjs/common';
import { type Fact, facts, type Message, type Topic } from '#contracts';
import { type Projection, ProjectionHandler, type Transaction } from '#log';
import { setRevoked } from './revocations.js';

/** The credentials that an issuer sees as its own; what they say stays sealed. */
@Injectable()
@ProjectionHandler()
export class IssuedProjection implements Projection {
  readonly name = 'credentials';
  readonly topics: readonly Topic[] = ['credentials.v1', 'identity.v1'];
  readonly tables = ['credentials.issued', 'credentials.erased'];

  async handle(batch: readonly Message[], tx: Transaction): Promise<void> {
    for (const message of batch)
      switch (message.kind) {
        case 'credential-issued':
          await this.#issued(message, tx);
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

  async #issued(message: Message, tx: Transaction): Promise<void> {
    const { credentialId, issuer, purpose, statusListId, statusListIndex } = facts[
      'credential-issued'
    ].data.parse(message.data);
    const { id, log, seq, alias, time, sealed } = message;
    await tx.query(
      `insert into credentials.issued (credential_id, issuer, purpose, list_id, index, id, log, seq,
         alias, time, sealed)
       select $1, $2, $3, $4, $5::int, $6, $7, $8::bigint, $9, $10::timestamptz, $11::bytea
       where not exists (select from credentials.erased where alias = $9)
       on conflict do nothing`,
      [
        credentialId,
        issuer,
        purpose,
        statusListId,
        statusListIndex,
        id,
        log,
        seq,
        alias,
        time,
        sealed,
      ],
    );
  }

  async #revoked(revoked: Fact<'credential-revoked'>['data'], tx: Transaction): Promise<void> {
    await setRevoked(tx, revoked);
    await tx.query(
      'update credentials.issued set revoked_at = $2, reason = $3 where credential_id = $1',
      [revoked.credentialId, revoked.revokedAt, revoked.reason],
    );
  }

  /** Also keeps the aliases: another topic may bring what was theirs later. */
  async #erased({ aliases }: Fact<'learner-erased'>['data'], tx: Transaction): Promise<void> {
    await tx.query('delete from credentials.issued where alias = any($1)', [aliases]);
    await tx.query(
      'insert into credentials.erased select unnest($1::text[]) on conflict do nothing',
      [aliases],
    );
  }
}
