import { createHmac, createSecretKey, hkdfSync, type KeyObject, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, DomainError } from '#kernel';
import type { LearnerIdentity } from '#contracts';
import { KeyRing, openBytes, sealBytes, Vault } from '#vault';
import type { Document } from './document.js';

/** So many documents may be in one context: a list of their ids is made at once. */
export const DOCUMENTS_MAX = 10_000;
/** Each failed try means that somebody else's succeeded. */
const TRIES_MAX = 100;

/** What a list of documents is asked for by. Each client has documents of its own. */
export interface DocumentContext {
  readonly kind: 'state' | 'activity-profile' | 'agent-profile';
  readonly client: string;
  /** Whose the documents are; undefined where they are about no person. */
  readonly agent?: LearnerIdentity | undefined;
  readonly activityId?: string | undefined;
}

/** Where one document is. */
export interface DocumentPlace extends DocumentContext {
  readonly registration?: string | undefined;
  readonly id: string;
}

export interface StoredDocument extends Document {
  readonly updated: Date;
}

/** A context once it is known under which key its documents are. */
interface Located {
  readonly client: string;
  readonly alias: string | undefined;
  /** What the HMACs are of. An agent is in it as alias: they lead nowhere once that is erased. */
  readonly names: readonly (string | null)[];
  readonly context: Buffer;
}

interface Current extends StoredDocument {
  readonly revision: string;
}

interface Sealed {
  readonly context: string;
  readonly sealed: Uint8Array;
}

/**
 * The documents of the State, Activity Profile and Agent Profile resources (xAPI 1.0.3 part 3 §2.2).
 * A person's are sealed under the key of the alias that their client knows them by, and gone with
 * it. What is about an activity is about nobody: it is sealed under a key of the client's, derived
 * from the installation's, so that the database alone tells nothing of it either. Looking for the
 * documents of somebody never seen gives them an alias, as every mention of them does.
 */
@Injectable()
export class Documents {
  readonly #indexKey: KeyObject;
  readonly #documentsKey: KeyObject;

  constructor(
    private readonly db: DataSource,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(KeyRing) keyRing: KeyRing,
  ) {
    this.#indexKey = createSecretKey(keyRing.secret('xapi-index'));
    this.#documentsKey = createSecretKey(keyRing.secret('xapi-documents'));
  }

  /** The document, or undefined where there is none or its person was erased. */
  async find(place: DocumentPlace): Promise<StoredDocument | undefined> {
    const located = await this.#locate(place);
    return this.#current(located, this.#token(located, place));
  }

  /**
   * The ids of the documents of a context, the least recently changed first: those of one
   * registration if it is given, those changed after `since` if it is given.
   */
  async ids(
    context: DocumentContext,
    { registration, since }: { registration?: string | undefined; since?: Date | undefined },
  ): Promise<readonly string[]> {
    const located = await this.#locate(context);
    const rows = await this.db.query<{ token: Buffer; id: Buffer }[]>(
      `select token, id from recording.document
       where context = $1 and ($2::bytea is null or registration = $2)
         and ($3::timestamptz is null or updated > $3)
       order by updated, token`,
      [located.context, this.#filter(located, registration), since ?? null],
    );
    const opened = await this.#open(
      located,
      rows.map(({ token, id }) => ({ context: contextOf('id', token), sealed: id })),
    );
    return [...new Set(opened.flatMap((one) => (one ? [(one as { id: string }).id] : [])))];
  }

  /**
   * Replaces the document by what `decide` makes of it; undefined is no document. `decide` may be
   * asked several times: it is taken at its word only if what it saw is still there when the result
   * is written. That is one SQL statement, so no crash leaves half of it, no two changes overlap,
   * and no connection waits for the vault with a row locked. Throws what `decide` throws;
   * DomainError `concurrent-change` if others were faster every time, `too-large` if the context is
   * full, `event-erased` if the person was erased meanwhile.
   */
  async change(
    place: DocumentPlace,
    decide: (current: Document | undefined) => Document | undefined,
  ): Promise<void> {
    const located = await this.#locate(place);
    const token = this.#token(located, place);
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const current = await this.#current(located, token);
      const next = decide(current);
      const isDone = next
        ? await this.#write(located, place, token, current, next)
        : await this.#remove(token, current);
      if (isDone) return;
    }
    throw new DomainError('concurrent-change');
  }

  /** Removes all documents of a context, or those of one registration in it. */
  async removeAll(context: DocumentContext, registration: string | undefined): Promise<void> {
    const located = await this.#locate(context);
    await this.db.query(
      `delete from recording.document
       where context = $1 and ($2::bytea is null or registration = $2)`,
      [located.context, this.#filter(located, registration)],
    );
  }

  async #locate({ kind, client, agent, activityId }: DocumentContext): Promise<Located> {
    const [alias] = agent
      ? await this.vault.aliasesFor([{ provider: client, identity: agent }])
      : [];
    const names = [kind, client, alias ?? null, activityId ?? null];
    return { client, alias, names, context: this.#mac('document-context', names) };
  }

  #token({ names }: Located, { registration, id }: DocumentPlace): Buffer {
    return this.#mac('document', [...names, registration ?? null, id]);
  }

  #registration({ names }: Located, registration: string | undefined): Buffer {
    return this.#mac('document-registration', [...names, registration ?? null]);
  }

  /** Without a registration, a list and a removal are of all of them (§2.3). */
  #filter(located: Located, registration: string | undefined): Buffer | null {
    return registration === undefined ? null : this.#registration(located, registration);
  }

  #mac(what: string, parts: readonly (string | null)[]): Buffer {
    return createHmac('sha256', this.#indexKey)
      .update(JSON.stringify([what, ...parts]))
      .digest();
  }

  async #current(located: Located, token: Buffer): Promise<Current | undefined> {
    const [row] = await this.db.query<{ content: Buffer; updated: Date; revision: string }[]>(
      'select content, updated, revision from recording.document where token = $1',
      [token],
    );
    if (!row) return undefined;
    const { content: sealed, updated, revision } = row;
    const [opened] = await this.#open(located, [{ context: contextOf('content', token), sealed }]);
    if (!opened) return undefined;
    const { contentType, content } = opened as { contentType: string; content: string };
    return { contentType, content: Buffer.from(content, 'base64'), updated, revision };
  }

  /** Whether `current` was still there, or still nothing, and is replaced now. */
  async #write(
    located: Located,
    { registration, id }: DocumentPlace,
    token: Buffer,
    current: Current | undefined,
    { contentType, content }: Document,
  ): Promise<boolean> {
    const [sealedId, sealedContent] = await this.#seal(located, [
      { context: contextOf('id', token), plaintext: { id } },
      {
        context: contextOf('content', token),
        plaintext: { contentType, content: content.toString('base64') },
      },
    ]);
    const common = [token, sealedContent, this.clock.now(), randomUUID()];
    if (current) {
      const [rows] = await this.db.query<[object[], number]>(
        `update recording.document set content = $2, updated = $3, revision = $4
         where token = $1 and revision = $5 returning 1`,
        [...common, current.revision],
      );
      return rows.length > 0;
    }
    await this.#checkSpace(located);
    const rows = await this.db.query<object[]>(
      `insert into recording.document (token, content, updated, revision, context, registration, id)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict (token) do nothing returning 1`,
      [...common, located.context, this.#registration(located, registration), sealedId],
    );
    return rows.length > 0;
  }

  async #remove(token: Buffer, current: Current | undefined): Promise<boolean> {
    if (!current) return true;
    const [rows] = await this.db.query<[object[], number]>(
      'delete from recording.document where token = $1 and revision = $2 returning 1',
      [token, current.revision],
    );
    return rows.length > 0;
  }

  /** Many who begin documents at once may exceed the limit by as many: it need not be exact. */
  async #checkSpace({ context }: Located): Promise<void> {
    const [row] = await this.db.query<{ n: number }[]>(
      `select count(*)::int as n
       from (select from recording.document where context = $1 limit ${DOCUMENTS_MAX}) as them`,
      [context],
    );
    if (row && row.n >= DOCUMENTS_MAX)
      throw new DomainError('too-large', `There may be ${DOCUMENTS_MAX} documents in one place.`);
  }

  async #seal(
    { client, alias }: Located,
    items: readonly { readonly context: string; readonly plaintext: object }[],
  ): Promise<readonly Uint8Array[]> {
    if (alias !== undefined) return this.vault.seal(items.map((item) => ({ alias, ...item })));
    const key = this.#clientKey(client);
    return items.map(({ context, plaintext }) =>
      sealBytes(key, context, JSON.stringify(plaintext)),
    );
  }

  async #open(
    { client, alias }: Located,
    items: readonly Sealed[],
  ): Promise<readonly (object | undefined)[]> {
    if (alias !== undefined) return this.vault.open(items.map((item) => ({ alias, ...item })));
    const key = this.#clientKey(client);
    return items.map(
      ({ context, sealed }) => JSON.parse(openBytes(key, context, sealed).toString()) as object,
    );
  }

  #clientKey(client: string): KeyObject {
    const bytes = hkdfSync('sha256', this.#documentsKey, '', `client|${client}`, 32);
    return createSecretKey(Buffer.from(bytes));
  }
}

/** Bound to the ciphertext: moved to another row, or from one column to the other, nothing opens. */
const contextOf = (what: 'id' | 'content', token: Buffer): string =>
  `xapi-document-${what}|${token.toString('hex')}`;
