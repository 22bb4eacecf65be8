import { Inject, Injectable } from '@nestjs/common';
import type { Client } from '#contracts';
import { authorise, Tokens } from '#access';
import { basicCredentials } from './basic-credentials.js';
import { Clients } from './clients.js';

/** Whose a request is, where systems send that know nothing of the ledger. */
@Injectable()
export class Senders {
  constructor(
    @Inject(Tokens) private readonly tokens: Tokens,
    private readonly clients: Clients,
  ) {}

  /**
   * By the ledger's own token, or by the client's key: most systems can only be given a key. Throws
   * `not-signed-in`, `invalid-client`, `not-allowed`; `unavailable` for whom we do not know yet.
   */
  async of(authorization: string | undefined): Promise<Client> {
    if (basicCredentials(authorization)) return this.clients.byKey(authorization);
    return this.clients.of(await authorise(this.tokens, authorization, 'record-events'));
  }
}
