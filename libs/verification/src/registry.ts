import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PublicUrl } from '#kernel';
import { didDocument, type ResolveController } from '#vc';
import type { IssuerEvidence, Revocation, StatusPointer } from './domain/evidence.js';

const PROBE = 'x';

export interface Recorded {
  readonly issuer: string;
  readonly digest: string;
  readonly status: StatusPointer;
}

/** What this ledger knows of issuers, their keys and what they issued and withdrew. */
@Injectable()
export class Registry {
  constructor(
    private readonly db: DataSource,
    private readonly publicUrl: PublicUrl,
  ) {}

  /** Our issuers' DID documents from our own records: nothing is ever fetched. */
  readonly resolveController: ResolveController = async (did) => {
    const rows = await this.db.query<{ key_id: string; public_key_multibase: string }[]>(
      `select key_id, public_key_multibase from verification.issuer_key
       where did = $1 order by key_id`,
      [did],
    );
    if (rows.length === 0) return { state: this.#isOurs(did) ? 'not-found' : 'unresolvable' };
    const keys = rows.map(({ key_id, public_key_multibase }) => ({
      keyId: key_id,
      publicKeyMultibase: public_key_multibase,
    }));
    return { state: 'found', document: didDocument({ did, keys }) };
  };

  /** The issuer behind a DID: its id with us, if it is one of ours, and what is known of it. */
  async issuer(
    did: string | undefined,
  ): Promise<{ readonly id?: string; readonly evidence: IssuerEvidence }> {
    const [row] = await this.db.query<{ issuer: string; name: string | null }[]>(
      `select k.issuer, c.name from verification.issuer_key k
       left join verification.client c on c.id = k.issuer where k.did = $1 limit 1`,
      [did ?? ''],
    );
    if (!row) return { evidence: { kind: 'unknown' } };
    return {
      id: row.issuer,
      evidence:
        row.name === null ? { kind: 'not-yet-here' } : { kind: 'registered', name: row.name },
    };
  }

  async revocation(listId: string, index: number): Promise<Revocation | undefined> {
    const [row] = await this.db.query<{ revoked_at: Date; reason: string }[]>(
      'select revoked_at, reason from verification.revoked where list_id = $1 and index = $2',
      [listId, index],
    );
    return row && { revokedAt: row.revoked_at.toISOString(), reason: row.reason };
  }

  /** What was issued under the `id` of a credential, if it is one of ours and on record. */
  async recorded(id: unknown): Promise<Recorded | undefined> {
    const start = this.publicUrl.to('/v1/credentials/');
    if (typeof id !== 'string' || !id.startsWith(start)) return undefined;
    const [row] = await this.db.query<
      { issuer: string; digest: string; list_id: string; index: number }[]
    >('select issuer, digest, list_id, index from verification.issued where credential_id = $1', [
      id.slice(start.length),
    ]);
    return (
      row && {
        issuer: row.issuer,
        digest: row.digest,
        status: { kind: 'here', listId: row.list_id, index: row.index },
      }
    );
  }

  #isOurs(did: string): boolean {
    return did.startsWith(this.publicUrl.issuerDid(PROBE).slice(0, -PROBE.length));
  }
}
