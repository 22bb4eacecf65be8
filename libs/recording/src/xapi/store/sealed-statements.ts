import { createSecretKey } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { randomOctets } from '#kernel';
import { openBytes, sealBytes, Vault } from '#vault';

const KEY_BYTES = 32;
/** What a key is sealed for; the statement's id follows. */
const KEY = 'xapi-key';

/** A statement and its attachments as they are kept. */
export interface Sealed {
  /** Everybody who is in it, each once: all of their keys are needed to open it. */
  readonly people: readonly string[];
  /** The statement's own key, wrapped under the keys of the people, one after the other. */
  readonly wrappedKey: Uint8Array;
  readonly content: Uint8Array;
  readonly attachments: readonly Uint8Array[];
}

/** What is to be sealed. `id` tells statements apart: it is bound to what is sealed. */
export interface Unsealed {
  readonly id: string;
  readonly people: readonly string[];
  readonly content: string;
  readonly attachments: readonly Uint8Array[];
}

/**
 * Each statement is sealed under a key of its own, and that key under the key of each person in it.
 * Who is erased takes every statement along that speaks of them; the others' records in the ledger
 * are sealed under their own keys alone, and stay.
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
        attachments: attachments.map((bytes, k) => sealBytes(key, `${id}|${k}`, bytes)),
      };
    });
  }

  /** The key of each, or undefined where somebody in it was erased. */
  async keys(
    statements: readonly { id: string; people: readonly string[]; wrappedKey: Uint8Array }[],
  ): Promise<readonly (Uint8Array | undefined)[]> {
    const keys: (Uint8Array | undefined)[] = statements.map(({ wrappedKey }) => wrappedKey);
    const depth = Math.max(0, ...statements.map(({ people }) => people.length));
    for (let level = depth - 1; level >= 0; level -= 1) {
      const due = statements.flatMap(({ id, people }, n) => {
        const [alias, sealed] = [people[level], keys[n]];
        return alias !== undefined && sealed ? [{ n, alias, context: `${KEY}|${id}`, sealed }] : [];
      });
      const opened = await this.vault.open(due);
      due.forEach(({ n }, k) => {
        keys[n] = keyIn(opened[k]);
      });
    }
    return keys;
  }

  /** The statement's text. `key` is one that `keys` gave for it. */
  content(key: Uint8Array, id: string, sealed: Uint8Array): string {
    return Buffer.from(openBytes(createSecretKey(key), id, sealed)).toString();
  }

  /** The bytes of its attachment number `n`. */
  attachment(key: Uint8Array, id: string, n: number, sealed: Uint8Array): Buffer {
    return Buffer.from(openBytes(createSecretKey(key), `${id}|${n}`, sealed));
  }

  /** All first people at once, then all second ones: usually there is one. */
  async #wrap(
    statements: readonly Unsealed[],
    keys: readonly Uint8Array[],
  ): Promise<readonly Uint8Array[]> {
    const wrapped = [...keys];
    const depth = Math.max(0, ...statements.map(({ people }) => people.length));
    for (let level = 0; level < depth; level += 1) {
      const due = statements.flatMap(({ id, people }, n) => {
        const [alias, key] = [people[level], wrapped[n]];
        return alias !== undefined && key
          ? [{ n, alias, context: `${KEY}|${id}`, plaintext: { key: base64(key) } }]
          : [];
      });
      const sealed = await this.vault.seal(due);
      due.forEach(({ n }, k) => {
        wrapped[n] = sealed[k] ?? new Uint8Array(0);
      });
    }
    return wrapped;
  }
}

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');

const keyIn = (opened: object | undefined): Uint8Array | undefined =>
  opened && Buffer.from((opened as { key: string }).key, 'base64');
