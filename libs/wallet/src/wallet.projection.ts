import { Inject, Injectable } from '@nestjs/common';
import type { EntryKind, Fact, Message } from '#contracts';
import {
  copyInto,
  ENVELOPE,
  envelopeOf,
  envelopeRow,
  type Projection,
  ProjectionHandler,
  rowsFor,
  type Transaction,
  withoutErased,
} from '#log';
import { Vault } from '#vault';

/**
 * What learners see of their own: events, credentials, shares. Each kind of fact has a table of its
 * own, so that the order in which topics arrive does not matter.
 */
@Injectable()
@ProjectionHandler()
export class WalletProjection implements Projection {
  readonly name = 'wallet';
  readonly topics = ['learning-events.v1', 'credentials.v1', 'identity.v1', 'wallet.v1'] as const;
  readonly tables = [
    'wallet.party',
    'wallet.event',
    'wallet.voided',
    'wallet.credential',
    'wallet.revoked',
    'wallet.share',
  ];

  constructor(@Inject(Vault) private readonly vault: Vault) {}

  async handle(batch: readonly Message[], tx: Transaction): Promise<void> {
    const messages = await withoutErased(this.vault, batch);
    // Most of it, by far. Before the others, so that an erasure finds them.
    await keepEvents(
      tx,
      messages.filter(({ kind }) => kind === 'learning-event'),
    );
    for (const message of messages) await take(tx, message);
  }
}

const keepEvents = async (tx: Transaction, messages: readonly Message[]): Promise<void> => {
  const kept = messages.filter(({ alias, sealed }) => alias !== undefined && sealed !== undefined);
  if (kept.length === 0) return;
  const rows = rowsFor(kept);
  for (const { data, ...message } of kept) {
    const { eventSource, eventId, supersedes } = data as Fact<'learning-event'>['data'];
    envelopeRow(rows, message, 4)
      .text(eventSource)
      .text(eventId)
      .text(supersedes?.source)
      .text(supersedes?.id);
  }
  const columns = `${ENVELOPE}, event_source, event_id, supersedes_source, supersedes_id`;
  await copyInto(tx, 'wallet.event', columns, rows);
};

const take = async (tx: Transaction, message: Message): Promise<void> => {
  const { kind, data, alias = null } = message;
  if (kind === 'learning-event-voided') {
    const { target } = data as Fact<typeof kind>['data'];
    await tx.query(
      `insert into wallet.voided (id, provider, event_source, event_id)
       values ($1, $2, $3, $4) on conflict do nothing`,
      [message.id, message.provider ?? null, target.source, target.id],
    );
  } else if (kind === 'credential-issued') {
    await keepCredential(tx, message, data as Fact<typeof kind>['data']);
  } else if (kind === 'credential-revoked') {
    const { credentialId, revokedAt, reason } = data as Fact<typeof kind>['data'];
    await tx.query(
      `insert into wallet.revoked (credential_id, alias, revoked_at, reason)
       values ($1, $2, $3, $4) on conflict do nothing`,
      [credentialId, alias, revokedAt, reason],
    );
  } else if (kind === 'share-created') {
    const { shareId } = data as Fact<typeof kind>['data'];
    await tx.query(
      `insert into wallet.share (share_id, alias, time) values ($1, $2, $3)
       on conflict do nothing`,
      [shareId, alias, message.time],
    );
  } else await takeIdentity(tx, kind, data);
};

const takeIdentity = async (tx: Transaction, kind: EntryKind, data: object): Promise<void> => {
  if (kind === 'client-registered') {
    const { client } = data as Fact<typeof kind>['data'];
    await tx.query(
      `insert into wallet.party (id, name) values ($1, $2)
       on conflict (id) do update set name = excluded.name`,
      [client.id, client.name],
    );
  } else if (kind === 'learner-erased')
    await forget(tx, (data as Fact<typeof kind>['data']).aliases);
};

const keepCredential = async (
  tx: Transaction,
  message: Message,
  { credentialId, issuer, purpose }: Fact<'credential-issued'>['data'],
): Promise<void> => {
  const envelope = envelopeOf(message);
  if (!envelope) return;
  await tx.query(
    `insert into wallet.credential (${ENVELOPE}, credential_id, issuer, purpose)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing`,
    [...envelope, credentialId, issuer, purpose],
  );
};

const forget = async (tx: Transaction, aliases: readonly string[]): Promise<void> => {
  await tx.query(
    `delete from wallet.voided where (event_source, event_id) in
       (select event_source, event_id from wallet.event where alias = any($1))`,
    [aliases],
  );
  await tx.query(
    `delete from wallet.share_view where share_id in
       (select share_id from wallet.share where alias = any($1))`,
    [aliases],
  );
  for (const table of ['event', 'credential', 'revoked', 'share'])
    await tx.query(`delete from wallet.${table} where alias = any($1)`, [aliases]);
};
