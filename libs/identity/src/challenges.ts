import { createHmac, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { base32, Clock, PublicUrl, randomOctets } from '#kernel';
import type { ClaimNonce } from '#contracts';
import { KeyRing } from '#vault';
import type { Persons } from './people.js';

const NONCE_MINUTES = 30;
const MINUTE_MS = 60_000;
const SALT_BYTES = 10;

/** What is to be signed by whoever proves something, so that the proof is good for one person, once. */
@Injectable()
export class Challenges {
  readonly #key: Uint8Array;

  constructor(
    private readonly db: DataSource,
    private readonly publicUrl: PublicUrl,
    @Inject(KeyRing) keyRing: KeyRing,
    @Inject(Clock) private readonly clock: Clock,
  ) {
    this.#key = keyRing.secret('claims');
  }

  /** Binds a proof to a person, and says nothing about them. */
  nonceFor(person: string): z.infer<typeof ClaimNonce> {
    const until = this.clock.now().getTime() + NONCE_MINUTES * MINUTE_MS;
    const salt = base32(randomOctets(SALT_BYTES));
    return {
      nonce: this.#nonceOf(person, until, salt),
      audience: this.publicUrl.href,
      expiresAt: new Date(until).toISOString(),
    };
  }

  /**
   * Until when a nonce is good for one of them; undefined if it is none of theirs, too old, or written
   * otherwise than it was given: what is used up is its text, so there must be one only.
   */
  untilOf(nonce: string, persons: Persons): Date | undefined {
    const [until36 = '', salt = ''] = nonce.split('.');
    const until = Number.parseInt(until36, 36);
    if (!(until > this.clock.now().getTime())) return undefined;
    const given = Buffer.from(nonce);
    const isTheirs = persons.some((person) => {
      const expected = Buffer.from(this.#nonceOf(person, until, salt));
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
    return isTheirs ? new Date(until) : undefined;
  }

  /** Uses up a proof, by the name that its issuer gave it. Out: whether this is its first use. */
  async useUp(issuer: string, name: string, keptUntil: Date): Promise<boolean> {
    await this.db.query('delete from identity.used_assertion where kept_until < $1', [
      this.clock.now(),
    ]);
    const rows = await this.db.query<unknown[]>(
      `insert into identity.used_assertion (issuer, jti, kept_until) values ($1, $2, $3)
       on conflict do nothing returning issuer`,
      [issuer, name, keptUntil],
    );
    return rows.length > 0;
  }

  #nonceOf(person: string, until: number, salt: string): string {
    const mac = createHmac('sha256', this.#key)
      .update(JSON.stringify(['nonce', person, until, salt]))
      .digest('base64url');
    return `${until.toString(36)}.${salt}.${mac}`;
  }
}
