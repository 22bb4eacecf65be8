import { Injectable } from '@nestjs/common';
import { type EntryKind, facts, type Message, type Topic } from '#contracts';
import { ENVELOPE, envelopeOf, type Projection, ProjectionHandler, type Transaction } from '#log';

/**
 * Who recognises, what learners hold and asked for, and what was decided. Each fact has a table of
 * its own, so that the order in which topics arrive does not matter.
 */
@Injectable()
@ProjectionHandler()
export class RecognitionProjection implements Projection {
  readonly name = 'recognition';
  readonly topics: readonly Topic[] = ['identity.v1', 'credentials.v1', 'recognition.v1'];
  readonly tables = [
    'recognition.institution',
    'recognition.credential',
    'recognition.revoked',
    'recognition.request',
    'recognition.decision',
    'recognition.erased',
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
      `insert into recognition.institution (id, name, recognises) values ($1, $2, $3)
         on conflict (id) do update set name = excluded.name, recognises = excluded.recognises`,
      [client.id, client.name, client.recognises],
    );
  },
  'credential-issued': async (message, tx) => {
    const { credentialId, issuer } = facts['credential-issued'].data.parse(message.data);
    await keep(message, tx, 'credential', { credential_id: credentialId, issuer });
  },
  'credential-revoked': async (message, tx) => {
    const { credentialId } = facts['credential-revoked'].data.parse(message.data);
    await tx.query(
      `insert into recognition.revoked (credential_id, alias)
         select $1, $2 where not exists (select from recognition.erased where alias = $2)
         on conflict do nothing`,
      [credentialId, message.alias ?? null],
    );
  },
  'recognition-requested': async (message, tx) => {
    const { caseId, institution } = facts['recognition-requested'].data.parse(message.data);
    await keep(message, tx, 'request', { case_id: caseId, institution });
  },
  'recognition-decided': async (message, tx) => {
    const { caseId } = facts['recognition-decided'].data.parse(message.data);
    await keep(message, tx, 'decision', { case_id: caseId });
  },
  'learner-erased': async (message, tx) => {
    await erase(facts['learner-erased'].data.parse(message.data).aliases, tx);
  },
};

/** Keeps a message, sealed, under a few plain columns; unless its learner was erased. */
const keep = async (
  message: Message,
  tx: Transaction,
  table: 'credential' | 'request' | 'decision',
  columns: Readonly<Record<string, string>>,
): Promise<void> => {
  const envelope = envelopeOf(message);
  if (!envelope) return;
  const values = [...envelope, ...Object.values(columns)];
  const places = values.map((_, n) => `$${n + 1}`).join(', ');
  await tx.query(
    `insert into recognition.${table} (${ENVELOPE}, ${Object.keys(columns).join(', ')})
     select ${places}
     where not exists (select from recognition.erased where alias = $${values.length + 1})
     on conflict do nothing`,
    [...values, message.alias],
  );
};

const erase = async (aliases: readonly string[], tx: Transaction): Promise<void> => {
  await tx.query(
    `insert into recognition.erased (alias) select unnest($1::text[]) on conflict do nothing`,
    [aliases],
  );
  await tx.query(
    `delete from recognition.revoked where alias = any($1) or credential_id in
       (select credential_id from recognition.credential where alias = any($1))`,
    [aliases],
  );
  for (const table of ['credential', 'request', 'decision'])
    await tx.query(`delete from recognition.${table} where alias = any($1)`, [aliases]);
};
