import { Injectable } from '@nestjs/common';
import { type EntryKind, facts, type Message, type Topic } from '#contracts';
import { ENVELOPE, envelopeOf, type Projection, ProjectionHandler, type Transaction } from '#log';

/**
 * What transcripts are made of: credentials, what withdrew them, decisions, and the institutions
 * behind them. Each fact has a table of its own, so that the order in which topics arrive does not
 * matter.
 */
@Injectable()
@ProjectionHandler()
export class TransferProjection implements Projection {
  readonly name = 'transfer';
  readonly topics: readonly Topic[] = ['identity.v1', 'credentials.v1', 'recognition.v1'];
  readonly tables = [
    'transfer.institution',
    'transfer.credential',
    'transfer.decision',
    'transfer.revoked',
    'transfer.erased',
  ];

  async handle(batch: readonly Message[], transaction: Transaction): Promise<void> {
    for (const message of batch) await handlers[message.kind]?.(message, transaction);
  }
}

type Handle = (message: Message, tx: Transaction) => Promise<void>;

const handlers: Partial<Record<EntryKind, Handle>> = {
  'client-registered': async (message, tx) => {
    const { client } = facts['client-registered'].data.parse(message.data);
    await tx.query(
      `insert into transfer.institution (id, name, country, url) values ($1, $2, $3, $4)
         on conflict (id) do update
           set name = excluded.name, country = excluded.country, url = excluded.url`,
      [client.id, client.name, client.country, client.homePage],
    );
  },
  'credential-issued': async (message, tx) => {
    const issued = facts['credential-issued'].data.parse(message.data);
    const { credentialId, issuer, purpose, basis } = issued;
    await keep(message, tx, 'credential', {
      credential_id: credentialId,
      issuer,
      purpose,
      basis,
    });
  },
  'credential-revoked': async (message, tx) => {
    const { credentialId } = facts['credential-revoked'].data.parse(message.data);
    await tx.query(
      `insert into transfer.revoked (credential_id, alias)
         select $1, $2 where not exists (select from transfer.erased where alias = $2)
         on conflict do nothing`,
      [credentialId, message.alias ?? null],
    );
  },
  'recognition-decided': async (message, tx) => {
    const { caseId, institution } = facts['recognition-decided'].data.parse(message.data);
    await keep(message, tx, 'decision', { case_id: caseId, institution });
  },
  'learner-erased': async (message, tx) => {
    await erase(facts['learner-erased'].data.parse(message.data).aliases, tx);
  },
};

/** Keeps a message, sealed, under a few plain columns; unless its learner was erased. */
const keep = async (
  message: Message,
  tx: Transaction,
  table: 'credential' | 'decision',
  columns: Readonly<Record<string, string>>,
): Promise<void> => {
  const envelope = envelopeOf(message);
  if (!envelope) return;
  const values = [...envelope, ...Object.values(columns)];
  const places = values.map((_, n) => `$${n + 1}`).join(', ');
  await tx.query(
    `insert into transfer.${table} (${ENVELOPE}, ${Object.keys(columns).join(', ')})
     select ${places}
     where not exists (select from transfer.erased where alias = $${values.length + 1})
     on conflict do nothing`,
    [...values, message.alias],
  );
};

const erase = async (aliases: readonly string[], tx: Transaction): Promise<void> => {
  await tx.query(
    'insert into transfer.erased (alias) select unnest($1::text[]) on conflict do nothing',
    [aliases],
  );
  await tx.query(
    `delete from transfer.revoked where alias = any($1) or credential_id in
       (select credential_id from transfer.credential where alias = any($1))`,
    [aliases],
  );
  for (const table of ['credential', 'decision'])
    await tx.query(`delete from transfer.${table} where alias = any($1)`, [aliases]);
};
