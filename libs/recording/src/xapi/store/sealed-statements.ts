import { createSecretKey } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { randomOctets } from '#kernel';
import { openBytes, sealBytes, Vault } from '#vault';
import type { AttachmentContent } from '../multipart.js';

const KEY_BYTES = 32;
/** What a key is sealed for; the statement's id follows. */
const KEY = 'xapi-key';

/** A statement and its attachments as they are kept. */
export interface Sealed {
  /** Everybody who is in it, each once: all of their keys are needed to open it. */
  readonly people: readonly string[];
  /** The statement's own key in shares, each sealed under the key of one of the people, in order. */
  readonly wrappedKey: Uint8Array;
  readonly content: Uint8Array;
  readonly attachments: readonly SealedAttachment[];
}

/** Its names may be personal, and its hash tells who has the content that it was here. */
export interface SealedAttachment {
  /** Its hash and media type. */
  readonly about: Uint8Array;
  readonly content: Uint8Array;
}

/** What is to be sealed. `id` tells statements apart: it is bound to what is sealed. */
export interface Unsealed {
  readonly id: string;
  readonly people: readonly string[];
  readonly content: string;
  readonly attachments: readonly AttachmentContent[];
}

/**
 * Each statement is sealed under a key of its own. Each person in it has a share of that key, sealed
 * under theirs; all of the shares together (XOR) are the key, and all but one say nothing. Who is
 * erased takes every statement along that speaks of them; the others' records in the ledger are
 * sealed under their own keys alone, and stay.
 */
@Injectable()
export class SealedStatements {
  constructor(@Inject(Vault) private readonly vault: Vault) {}

  /** Throws DomainError `event-erased` if the key of somebody in them has been destroyed. */
  async seal(statements: readonly Unsealed[]): Promise<readonly Sealed[]> {
    const keys = statements.map(() => randomOctets(KEY_BYTES));
    const wrapped = await this.#wrap(statements, keys);
    return statements.map(({ id, people, content, attachments }, n) => {
      const key = createSecretKey(keys[n] ?? new Uint8Array(0));
      return {
        people,
        wrappedKey: wrapped[n] ?? new Uint8Array(0),
        content: sealBytes(key, id, content),
        attachments: attachments.map(({ content: bytes, ...about }, k) => ({
          about: sealBytes(key, `${id}|${k}|about`, JSON.stringify(about)),
          content: sealBytes(key, `${id}|${k}`, bytes),
        })),
      };
    });
  }

  /** The key of each, or undefined where somebody in it was erased. */
  async keys(
    statements: readonly { id: string; people: readonly string[]; wrappedKey: Uint8Array }[],
  ): Promise<readonly (Uint8Array | undefined)[]> {
    const opened = await this.vault.open(
      statements.flatMap(({ id, people, wrappedKey }) =>
        people.map((alias, n) => {
          const bytes = wrappedKey.length / people.length;
          const sealed = wrappedKey.subarray(n * bytes, (n + 1) * bytes);
          return { alias, context: `${KEY}|${id}`, sealed };
        }),
      ),
    );
    let next = 0;
    return statements.map(({ people }) => {
      const shares = opened.slice(next, (next += people.length)).map(shareIn);
      return shares.every((share) => share !== undefined) ? xor(shares) : undefined;
    });
  }

  /** The statement's text. `key` is one that `keys` gave for it. */
  content(key: Uint8Array, id: string, sealed: Uint8Array): string {
    return openBytes(createSecretKey(key), id, sealed).toString();
  }

  /** Its attachment number `n`. */
  attachment(key: Uint8Array, id: string, n: number, sealed: SealedAttachment): AttachmentContent {
    const opened = (context: string, bytes: Uint8Array): Buffer =>
      openBytes(createSecretKey(key), context, bytes);
    const about = JSON.parse(opened(`${id}|${n}|about`, sealed.about).toString()) as {
      readonly sha2: string;
      readonly contentType: string;
    };
    return { ...about, content: opened(`${id}|${n}`, sealed.content) };
  }

  /** One call of the vault for all of them. */
  async #wrap(
    statements: readonly Unsealed[],
    keys: readonly Uint8Array[],
  ): Promise<readonly Uint8Array[]> {
    const sealed = await this.vault.seal(
      statements.flatMap(({ id, people }, n) => {
        const others = people.slice(1).map(() => randomOctets(KEY_BYTES));
        const first = xor([...others, keys[n] ?? new Uint8Array(KEY_BYTES)]);
        return [first, ...others].map((share, k) => ({
          alias: people[k] ?? '',
          context: `${KEY}|${id}`,
          plaintext: { key: base64(share) },
        }));
      }),
    );
    let next = 0;
    return statements.map(({ people }) =>
      Buffer.concat(sealed.slice(next, (next += people.length))),
    );
  }
}

const xor = (shares: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(KEY_BYTES);
  for (const share of shares)
    for (let n = 0; n < KEY_BYTES; n += 1) all[n] = (all[n] ?? 0) ^ (share[n] ?? 0);
  return all;
};

/** Without a copy of the bytes. */
export const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');

const shareIn = (opened: object | undefined): Uint8Array | undefined =>
  opened && Buffer.from((opened as { key: string }).key, 'base64');
