import { Injectable } from '@nestjs/common';
import { facts, type Message, type Topic } from '#contracts';
import { type Projection, ProjectionHandler, type Transaction } from '#log';

/**
 * The keys, digests and revocations of this ledger's own issuers, so that they are looked up here
 * and never fetched from ourselves. Facts only: the order in which topics arrive does not matter.
 */
@Injectable()
@ProjectionHandler()
export class VerificationProjection implements Projection {
  readonly name = 'verification';
  readonly topics: readonly Topic[] = ['identity.v1', 'credentials.v1'];
  readonly tables = [
    'verification.issuer',
    'verification.client',
    'verification.credential',
    'verification.revocation',
  ];

  async handle(batch: readonly Message[], tx: Transaction): Promise<void> {
    for (const message of batch) await this.#keep(message, tx);
  }

  async #keep({ kind, data }: Message, tx: Transaction): Promise<void> {
    if (kind === 'client-registered') {
      const { client } = facts[kind].data.parse(data);
      await tx.query(
        `insert into verification.client (id, name) values ($1, $2)
         on conflict (id) do update set name = excluded.name`,
        [client.id, client.name],
      );
    } else if (kind === 'issuer-key-created') {
      const { did, keyId, issuer, publicKeyMultibase } = facts[kind].data.parse(data);
      await tx.query(
        `insert into verification.issuer (did, key_id, issuer, public_key_multibase)
         values ($1, $2, $3, $4) on conflict do nothing`,
        [did, keyId, issuer, publicKeyMultibase],
      );
    } else if (kind === 'credential-issued') {
      const issued = facts[kind].data.parse(data);
      await tx.query(
        `insert into verification.credential
           (credential_id, issuer, digest, status_list_id, status_list_index)
         values ($1, $2, $3, $4, $5) on conflict do nothing`,
        [
          issued.credentialId,
          issued.issuer,
          issued.digest,
          issued.statusListId,
          issued.statusListIndex,
        ],
      );
    } else if (kind === 'credential-revoked') {
      const revoked = facts[kind].data.parse(data);
      await tx.query(
        `insert into verification.revocation
           (status_list_id, status_list_index, credential_id, reason, revoked_at)
         values ($1, $2, $3, $4, $5) on conflict do nothing`,
        [
          revoked.statusListId,
          revoked.statusListIndex,
          revoked.credentialId,
          revoked.reason,
          revoked.revokedAt,
        ],
      );
    }
  }
}
