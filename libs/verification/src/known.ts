import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PublicUrl } from '#kernel';
import { didDocument, type Resolution } from '#vc';

export interface Revocation {
  readonly reason: string;
  readonly revokedAt: string;
}

/** What this ledger knows of its own issuers and credentials. */
@Injectable()
export class Known {
  readonly #didPrefix: string;

  constructor(
    private readonly db: DataSource,
    publicUrl: PublicUrl,
  ) {
    this.#didPrefix = publicUrl.issuerDid('');
  }

  /** The keys of an issuer of ours; nobody else's are fetched. */
  async resolve(did: string): Promise<Resolution> {
    if (!did.startsWith(this.#didPrefix)) return { state: 'unresolvable' };
    const rows = await this.db.query<{ key_id: string; public_key_multibase: string }[]>(
      'select key_id, public_key_multibase from verification.issuer where did = $1 order by key_id',
      [did],
    );
    if (rows.length === 0) return { state: 'not-found' };
    const keys = rows.map(({ key_id, public_key_multibase }) => ({
      keyId: key_id,
      publicKeyMultibase: public_key_multibase,
    }));
    return { state: 'found', document: didDocument({ did, keys }) };
  }

  /** The name under which the issuer with this DID is registered, if it is. */
  async issuerName(did: string): Promise<string | undefined> {
    const [row] = await this.db.query<{ name: string }[]>(
      `select c.name from verification.issuer i join verification.client c on c.id = i.issuer
       where i.did = $1 limit 1`,
      [did],
    );
    return row?.name;
  }

  async digest(credentialId: string): Promise<string | undefined> {
    const [row] = await this.db.query<{ digest: string }[]>(
      'select digest from verification.credential where credential_id = $1',
      [credentialId],
    );
    return row?.digest;
  }

  async hasStatus(listId: string, index: number): Promise<boolean> {
    const rows = await this.db.query<unknown[]>(
      `select 1 from verification.credential
       where status_list_id = $1 and status_list_index = $2`,
      [listId, index],
    );
    return rows.length > 0;
  }

  async revocation(listId: string, index: number): Promise<Revocation | undefined> {
    const [row] = await this.db.query<{ reason: string; revoked_at: Date }[]>(
      `select reason, revoked_at from verification.revocation
       where status_list_id = $1 and status_list_index = $2`,
      [listId, index],
    );
    return row && { reason: row.reason, revokedAt: row.revoked_at.toISOString() };
  }
}
