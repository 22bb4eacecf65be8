import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { base32 } from '#kernel';
import type { Fact, Message } from '#contracts';
import {
  ENVELOPE,
  envelopeOf,
  Journal,
  type Projection,
  ProjectionHandler,
  type Transaction,
} from '#log';
import { ToPosting } from './commands.js';
import { type Apart, CredentialHolders } from './credential-holders.js';
import { type Credited, earnedCredit, recognisedCredit } from './domain/credit.js';
import { Learners } from './learners.js';

const ID_BYTES = 16;

/** The id of what a cause leads to: the same cause always leads to the same posting. */
const postingIdOf = (cause: string): string =>
  `pst_${base32(createHash('sha256').update(`posting|${cause}`).digest().subarray(0, ID_BYTES))}`;

/**
 * Posts credit for credentials and for decisions that recognise, takes it back when a credential
 * it rests on is revoked, and keeps the accounts. Facts may come in any order: whatever comes last
 * of a posting and a revocation that concerns it takes the credit back; so does parting people from
 * each other, where the credit of one rests on a credential of the other. One batch at a time, as two
 * at once could each miss what the other is about to commit.
 */
@Injectable()
@ProjectionHandler()
export class PostingsProjection implements Projection {
  readonly name = 'accumulation-postings';
  readonly topics = ['credentials.v1', 'recognition.v1', 'postings.v1', 'identity.v1'] as const;
  readonly tables = [
    'accumulation.posting',
    'accumulation.reversal',
    'accumulation.posting_basis',
    'accumulation.revoked',
    'accumulation.institution',
    'accumulation.credential',
  ];

  constructor(
    private readonly journal: Journal,
    private readonly learners: Learners,
    private readonly holders: CredentialHolders,
    private readonly commandBus: CommandBus,
  ) {}

  async handle(batch: readonly Message[], tx: Transaction): Promise<void> {
    await tx.query(`select pg_advisory_xact_lock(hashtext('accumulation-postings'))`);
    const messages = await this.learners.withoutErased(batch);
    const opened = await this.journal.open(messages);
    const touched: string[] = [];
    for (const [n, message] of messages.entries())
      touched.push(...(await this.#take(tx, message, opened[n])));
    if (touched.length > 0) await this.#reverse(tx, touched);
  }

  /** Takes in one fact; gives the postings that may have to be reversed. */
  async #take(
    tx: Transaction,
    message: Message,
    personal: object | undefined,
  ): Promise<readonly string[]> {
    const { kind, data, alias } = message;
    if (kind === 'client-registered') await this.#name(tx, data as Fact<typeof kind>['data']);
    if (kind === 'learner-erased')
      await this.#forget(tx, (data as Fact<typeof kind>['data']).aliases);
    if (kind === 'credit-reversed') await this.#reversed(tx, message);
    if (kind === 'people-split') {
      await this.learners.followMerges([message]);
      const { person, merged } = data as Fact<typeof kind>['data'];
      return this.holders.postingsOf(tx, [person, merged]);
    }
    if (kind === 'credential-revoked')
      return this.#revoked(tx, (data as Fact<typeof kind>['data']).credentialId, alias);
    // The others have a personal part: without its key they are as if they never were.
    if (!personal || alias === undefined) return [];
    if (kind === 'credit-posted') await this.#posted(tx, message);
    if (kind === 'credential-issued') {
      const issued = { kind, data, personal } as Fact<typeof kind>;
      const { credentialId } = issued.data;
      await this.holders.keep(tx, credentialId, alias);
      const resting = await this.holders.restingOn(tx, credentialId);
      return [...resting, ...(await this.#issued(tx, alias, issued))];
    }
    if (kind === 'recognition-decided') {
      const decided = { data, personal } as Fact<typeof kind>;
      return this.#post(tx, alias, recognisedCredit(decided.data, decided.personal));
    }
    return [];
  }

  /** The credential of a decision is one more that the decision's posting rests on. */
  #issued(
    tx: Transaction,
    alias: string,
    { data, personal }: Fact<'credential-issued'>,
  ): Promise<readonly string[]> {
    return data.purpose === 'recognition'
      ? this.#basis(tx, alias, postingIdOf(data.basis), [data.credentialId])
      : this.#post(tx, alias, earnedCredit(data, personal));
  }

  async #post(
    tx: Transaction,
    alias: string,
    credited: Credited | undefined,
  ): Promise<readonly string[]> {
    if (!credited) return [];
    const { cause, posting } = credited;
    const id = postingIdOf(cause);
    const command = { type: 'post', postingId: id, cause, posting } as const;
    await this.commandBus.execute(
      new ToPosting({ id, alias, provider: posting.institution, command }),
    );
    return this.#basis(tx, alias, id, posting.basis);
  }

  /** Remembers on which credentials a posting rests. */
  async #basis(
    tx: Transaction,
    alias: string,
    postingId: string,
    credentialIds: readonly string[],
  ): Promise<readonly string[]> {
    await tx.query(
      `insert into accumulation.posting_basis (credential_id, posting_id, alias)
       select unnest($1::text[]), $2, $3 on conflict do nothing`,
      [credentialIds, postingId, alias],
    );
    return [postingId];
  }

  async #revoked(
    tx: Transaction,
    credentialId: string,
    alias: string | undefined,
  ): Promise<readonly string[]> {
    await tx.query(
      `insert into accumulation.revoked (credential_id, alias) values ($1, $2)
       on conflict do nothing`,
      [credentialId, alias ?? null],
    );
    return this.holders.restingOn(tx, credentialId);
  }

  async #reverse(tx: Transaction, postingIds: readonly string[]): Promise<void> {
    const revoked = await tx.query<Apart[]>(
      `select posting_id as id, min(b.alias) as alias, min(credential_id) as cause
       from accumulation.posting_basis b join accumulation.revoked using (credential_id)
       where posting_id = any($1) group by posting_id order by posting_id`,
      [postingIds],
    );
    const apart = await this.holders.apart(tx, postingIds);
    for (const { id, alias, cause } of [...revoked, ...apart]) {
      const reversalId = postingIdOf(id);
      const command = { type: 'reverse', postingId: id, reversalId, cause } as const;
      await this.commandBus.execute(new ToPosting({ id, alias, command }));
    }
  }

  async #posted(tx: Transaction, message: Message): Promise<void> {
    const { postingId, cause } = message.data as Fact<'credit-posted'>['data'];
    const envelope = envelopeOf(message);
    if (!envelope) return;
    await tx.query(
      `insert into accumulation.posting (${ENVELOPE}, posting_id, cause)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
      [...envelope, postingId, cause],
    );
  }

  async #reversed(tx: Transaction, { data, alias, time }: Message): Promise<void> {
    const { postingId, reverses } = data as Fact<'credit-reversed'>['data'];
    await tx.query(
      `insert into accumulation.reversal (posting_id, reverses, alias, time)
       values ($1, $2, $3, $4) on conflict do nothing`,
      [postingId, reverses, alias, time],
    );
  }

  async #name(tx: Transaction, { client }: Fact<'client-registered'>['data']): Promise<void> {
    await tx.query(
      `insert into accumulation.institution (id, name) values ($1, $2)
       on conflict (id) do update set name = excluded.name`,
      [client.id, client.name],
    );
  }

  async #forget(tx: Transaction, aliases: readonly string[]): Promise<void> {
    for (const table of ['posting', 'reversal', 'posting_basis', 'revoked', 'credential'])
      await tx.query(`delete from accumulation.${table} where alias = any($1)`, [aliases]);
  }
}
