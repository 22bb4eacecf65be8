import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, DomainError } from '#kernel';
import { Client } from '#contracts';
import { type Actor, permit } from '#access';
import { basicCredentials } from './basic-credentials.js';

/** What another process learned about a client is known here after at most this time. */
const CLIENT_CACHE_MS = 5_000;

interface Registered {
  readonly client: Client;
  readonly basicKeySha256: string;
}

/** Who may send what, as registered. Kept in memory for a short while. */
@Injectable()
export class Clients {
  readonly #cache = new Map<string, { readonly registered: Registered; readonly until: number }>();

  constructor(
    private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** The client; undefined if it is not registered, or if that has not reached us yet. */
  async find(id: string): Promise<Client | undefined> {
    return (await this.#registered(id))?.client;
  }

  /** The ids of all that are registered, sorted. */
  async ids(): Promise<readonly string[]> {
    const rows = await this.db.query<{ id: string }[]>(
      'select id from recording.client order by id',
    );
    return rows.map(({ id }) => id);
  }

  /** The client that an xAPI key (HTTP Basic) names. Throws `invalid-client`. */
  async withKey(id: string, secret: string): Promise<Client> {
    const registered = await this.#registered(id);
    const given = createHash('sha256').update(secret).digest();
    const expected = Buffer.from(registered?.basicKeySha256 ?? '', 'hex');
    if (!registered || expected.length !== given.length || !timingSafeEqual(given, expected))
      throw new DomainError('invalid-client');
    return registered.client;
  }

  /** The client that an actor acts for. Throws `unavailable` where we have not heard of it yet. */
  async of(actor: Actor | undefined): Promise<Client> {
    const client = await this.find(actor?.organisation ?? actor?.id ?? '');
    // Registered elsewhere a moment ago, perhaps: what is sent again will be taken.
    if (!client) throw new DomainError('unavailable', 'You are not known here yet.');
    return client;
  }

  /** Who sends with a key of their own. Throws `not-signed-in`, `invalid-client`, `not-allowed`. */
  async byKey(authorization: string | undefined): Promise<Client> {
    const key = basicCredentials(authorization);
    if (!key) throw new DomainError('not-signed-in');
    const client = await this.withKey(key.id, key.secret);
    permit({ id: client.id, role: 'provider', organisation: client.id }, 'record-events');
    return client;
  }

  forget(id: string): void {
    this.#cache.delete(id);
  }

  async #registered(id: string): Promise<Registered | undefined> {
    const now = this.clock.now().getTime();
    const cached = this.#cache.get(id);
    if (cached && cached.until > now) return cached.registered;
    const [row] = await this.db.query<{ definition: unknown; basic_key_sha256: string }[]>(
      'select definition, basic_key_sha256 from recording.client where id = $1',
      [id],
    );
    if (!row) return undefined;
    const registered = {
      client: Client.parse(row.definition),
      basicKeySha256: row.basic_key_sha256,
    };
    this.#cache.set(id, { registered, until: now + CLIENT_CACHE_MS });
    return registered;
  }
}
