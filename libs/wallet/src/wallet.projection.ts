import { Inject, Injectable } from '@nestjs/common';
import type { EntryKind, Fact, Message } from '#contracts';
import {
  ENVELOPE,
  envelopeOf,
  type Projection,
  ProjectionHandler,
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
    for (const message of await withoutErased(this.vault, batch)) await take(tx, message);
  }
}

const take = async (tx: Transaction, message: Message): Promise<void> => {
  const { kind, data, alias = null } = message;
  if (kind === 'learning-event') {
    const { eventSource, eventId, supersedes } = data as Fact<typeof kind>['data'];
    await keep(tx, message, 'event', {
      event_source: eventSource,
      event_id: eventId,
      supersedes_source: supersedes?.source ?? null,
      supersedes_id: supersedes?.id ?? null,
    });
  } else if (kind === 'learning-event-voided') {
    const { target } = data as Fact<typeof kind>['data'];
    await tx.query(
      `insert into wallet.voided (id, provider, event_source, event_id)
       values ($1, $2, $3, $4) on conflict do nothing`,
      [message.id, message.provider ?? null, target.source, target.id],
    );
  } else if (kind === 'credential-issued') {
    const { credentialId, issuer, purpose } = data as Fact<typeof kind>['data'];
    await keep(tx, message, 'credential', { credential_id: credentialId, issuer, purpose });
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

/** Keeps a message, sealed, under a few plain columns. */
const keep = async (
  tx: Transaction,
  message: Message,
  table: 'event' | 'credential',
  columns: Readonly<Record<string, string | null>>,
): Promise<void> => {
  const envelope = envelopeOf(message);
  if (!envelope) return;
  const names = Object.keys(columns);
  const values = [...envelope, ...Object.values(columns)];
  const places = values.map((_, n) => `$${n + 1}`);
  await tx.query(
    `insert into wallet.${table} (${[ENVELOPE, ...names].join(', ')})
     values (${places.join(', ')}) on conflict do nothing`,
    values,
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
