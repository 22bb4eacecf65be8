import { createSecretKey, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '#kernel';
import { KeyRing, openBytes, sealBytes } from '#vault';
import type { StatementForm } from '../statement-format.js';
import type { StatementQuery } from './statement-query.js';

/** Everything that the next page needs. The tokens of people in it mean nothing to others. */
export interface More extends Omit<StatementQuery, 'filters'> {
  readonly filters: readonly (readonly string[])[];
  readonly format: StatementForm;
  readonly attachments: boolean;
}

/** What `more` links hold: a query, sealed, for the client that asked it. */
@Injectable()
export class MoreLinks {
  readonly #key: KeyObject;

  constructor(@Inject(KeyRing) keyRing: KeyRing) {
    this.#key = createSecretKey(keyRing.secret('xapi-more'));
  }

  /** A text for an address (base64url). */
  seal(more: More): string {
    return Buffer.from(sealBytes(this.#key, more.client, JSON.stringify(more))).toString(
      'base64url',
    );
  }

  /** Throws `not-found` for a link of another client, or one that we did not make. */
  open(client: string, text: string): More {
    try {
      const opened = openBytes(this.#key, client, Buffer.from(text, 'base64url'));
      return JSON.parse(opened.toString()) as More;
    } catch {
      throw new DomainError('not-found', 'This "more" link is not one of yours. Ask again.');
    }
  }
}
