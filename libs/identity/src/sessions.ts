import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, DomainError, newId, PublicUrl } from '#kernel';
import { type Client, type Role, TokenResponse } from '#contracts';
import { accessTokenKey, type Actor, signAccessToken } from '#access';
import { Journal } from '#log';
import { KeyRing, Vault } from '#vault';
import type { z } from 'zod';
import { newSecret, sha256 } from './codes.js';
import type { ClientEvent } from './domain/client.js';

const INVITATION_DAYS = 7;
const DAY_MS = 86_400_000;
const CLIENT_TOKEN_SECONDS = 3_600;
/** A signed-in person works for a day's length before they need another link. */
const PERSON_TOKEN_SECONDS = 12 * 3_600;

interface Person {
  readonly id: string;
  readonly role: Role;
  readonly organisation: string | null;
}

/** Who can sign in, and the tokens they get. */
@Injectable()
export class Sessions {
  constructor(
    private readonly db: DataSource,
    @Inject(Journal) private readonly journal: Journal,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(KeyRing) private readonly keyRing: KeyRing,
    @Inject(Clock) private readonly clock: Clock,
    private readonly publicUrl: PublicUrl,
  ) {}

  /** A one-time sign-in link for a new person; throws `invalid-input` for an unknown organisation. */
  async invite(role: Role, organisation?: string): Promise<{ url: string; expiresAt: string }> {
    const needsOrganisation = role === 'provider' || role === 'officer';
    if (organisation !== undefined || needsOrganisation) await this.#mustExist(organisation);
    return this.#link({ id: newId('per'), role, organisation: organisation ?? null });
  }

  /** A one-time sign-in link for a learner who is there already. */
  inviteAgain(id: string): Promise<{ url: string; expiresAt: string }> {
    return this.#link({ id, role: 'learner', organisation: null });
  }

  async #link({ id, role, organisation }: Person): Promise<{ url: string; expiresAt: string }> {
    const code = newSecret();
    const expiresAt = new Date(this.clock.now().getTime() + INVITATION_DAYS * DAY_MS);
    await this.db.query(
      `insert into identity.invitation (code_sha256, person, role, organisation, expires_at)
       values ($1, $2, $3, $4, $5)`,
      [sha256(code), id, role, organisation, expiresAt],
    );
    return { url: this.publicUrl.to(`/sign-in/${code}`), expiresAt: expiresAt.toISOString() };
  }

  /** Uses up a sign-in code. Throws `sign-in-link-invalid`. */
  async signIn(code: string): Promise<z.infer<typeof TokenResponse>> {
    const [rows] = await this.db.query<[Omit<Person, 'id'>[] & { person: string }[], number]>(
      `update identity.invitation set used_at = $2
       where code_sha256 = $1 and used_at is null and expires_at > $2
       returning person, role, organisation`,
      [sha256(code), this.clock.now()],
    );
    const invited = rows[0];
    if (!invited) throw new DomainError('sign-in-link-invalid');
    return this.open({
      id: invited.person,
      role: invited.role,
      organisation: invited.organisation,
    });
  }

  /**
   * Signs a person in whom something else has vouched for; first sight makes them. Who was merged
   * with others is signed in as themselves: whom they go by is asked of the vault with each request,
   * so that after a split they no longer act as the other.
   */
  async open({ id, role, organisation }: Person): Promise<z.infer<typeof TokenResponse>> {
    await this.db.query(
      `insert into identity.person (id, role, organisation) values ($1, $2, $3)
       on conflict (id) do nothing`,
      [id, role, organisation],
    );
    if (role === 'learner') await this.vault.createPerson(id);
    return this.#token(
      {
        id: role === 'provider' && organisation ? organisation : id,
        role,
        ...(organisation ? { organisation } : {}),
      },
      PERSON_TOKEN_SECONDS,
    );
  }

  /** OAuth 2.0 client credentials (RFC 6749 §4.4). Throws `invalid-client`. */
  async clientToken(id: string, secret: string): Promise<z.infer<typeof TokenResponse>> {
    const data = await this.#registration(id);
    if (!data || data.secretSha256 !== sha256(secret).toString('hex'))
      throw new DomainError('invalid-client');
    return this.#token({ id, role: 'provider', organisation: id }, CLIENT_TOKEN_SECONDS);
  }

  /** A registered client, from its own stream: known as soon as it is registered. */
  async client(id: string): Promise<Client | undefined> {
    return (await this.#registration(id))?.client;
  }

  async #registration(id: string): Promise<ClientEvent['data'] | undefined> {
    const [registered] = await this.journal.history(`client-${id}`);
    return registered?.data as ClientEvent['data'] | undefined;
  }

  async #mustExist(organisation: string | undefined): Promise<void> {
    const known = organisation !== undefined && (await this.client(organisation)) !== undefined;
    if (known) return;
    throw new DomainError('invalid-input', undefined, [
      { pointer: '#/organisation', detail: 'No client with this id is registered.' },
    ]);
  }

  async #token(actor: Actor, seconds: number): Promise<z.infer<typeof TokenResponse>> {
    const key = accessTokenKey(this.keyRing.secret('access-tokens'));
    return {
      access_token: await signAccessToken(key, this.publicUrl.href, actor, seconds),
      token_type: 'Bearer',
      expires_in: seconds,
    };
  }
}
