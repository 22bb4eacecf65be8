import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { DataSource } from 'typeorm';
import { PublicUrl } from '#kernel';
import { KeyRing, openBytes, sealBytes } from '#vault';
import { ed25519Signer, generateIssuerKey, type PublicKey, type Signer } from '#vc';
import { ToIssuer } from './commands.js';

const FIRST_KEY = 'key-1';
const SECRET = 'issuer-keys';

interface KeyRow {
  readonly key_id: string;
  readonly did: string;
  readonly public_key_multibase: string;
  readonly sealed_private_key: Buffer;
}

/** The keys that we hold for issuers, and signers with them. */
@Injectable()
export class IssuerKeys {
  /** Opening a key costs more than signing with it. */
  readonly #signers = new Map<string, Signer>();

  constructor(
    private readonly db: DataSource,
    private readonly keyRing: KeyRing,
    private readonly publicUrl: PublicUrl,
    private readonly commands: CommandBus,
  ) {}

  /**
   * Makes sure that an issuer has a key, and that the log says so. The key commits first, so what
   * the log publishes is always a key that we hold; a crash in between is made good by repeating.
   */
  async ensure(issuer: string): Promise<void> {
    const row = (await this.#row(issuer)) ?? (await this.#create(issuer));
    await this.commands.execute(
      new ToIssuer({
        id: issuer,
        provider: issuer,
        command: {
          issuer,
          did: row.did,
          keyId: row.key_id,
          publicKeyMultibase: row.public_key_multibase,
        },
      }),
    );
  }

  /** The issuer's DID and a signer with its newest key; undefined while it has none. */
  async signerOf(
    issuer: string,
  ): Promise<{ readonly did: string; readonly signer: Signer } | undefined> {
    const known = this.#signers.get(issuer);
    if (known) return { did: didOf(known), signer: known };
    const row = await this.#row(issuer);
    if (!row) return undefined;
    const signer = ed25519Signer({
      id: `${row.did}#${row.key_id}`,
      privateKey: openBytes(
        this.keyRing.secret(SECRET),
        contextOf(issuer, row.key_id),
        row.sealed_private_key,
      ),
    });
    this.#signers.set(issuer, signer);
    return { did: row.did, signer };
  }

  /** The public keys of an issuer, oldest first, and its DID; undefined if it has none. */
  async publicKeysOf(
    issuer: string,
  ): Promise<{ readonly did: string; readonly keys: readonly PublicKey[] } | undefined> {
    const rows = await this.db.query<KeyRow[]>(
      `select key_id, did, public_key_multibase from credentials.issuer_key
       where issuer = $1 order by key_id`,
      [issuer],
    );
    const [first] = rows;
    return (
      first && {
        did: first.did,
        keys: rows.map(({ key_id, public_key_multibase }) => ({
          keyId: key_id,
          publicKeyMultibase: public_key_multibase,
        })),
      }
    );
  }

  async #row(issuer: string): Promise<KeyRow | undefined> {
    const [row] = await this.db.query<KeyRow[]>(
      `select key_id, did, public_key_multibase, sealed_private_key
       from credentials.issuer_key where issuer = $1 order by key_id desc limit 1`,
      [issuer],
    );
    return row;
  }

  async #create(issuer: string): Promise<KeyRow> {
    const { publicKeyMultibase, privateKey } = await generateIssuerKey();
    const sealed = sealBytes(this.keyRing.secret(SECRET), contextOf(issuer, FIRST_KEY), privateKey);
    // If another process was faster, its key is the key.
    await this.db.query(
      `insert into credentials.issuer_key
         (issuer, key_id, did, public_key_multibase, sealed_private_key)
       values ($1, $2, $3, $4, $5) on conflict do nothing`,
      [issuer, FIRST_KEY, this.publicUrl.issuerDid(issuer), publicKeyMultibase, sealed],
    );
    const row = await this.#row(issuer);
    if (!row) throw new Error('a key that was just written is not there');
    return row;
  }
}

const contextOf = (issuer: string, keyId: string): string => `${issuer}|${keyId}`;
const didOf = ({ id }: Signer): string => id.slice(0, id.lastIndexOf('#'));
