import { Client } from 'pg';
import type { Entry } from './ledger.js';
import { differences } from './earned.js';
import type { Violations } from './recorded.js';

/** What a read model holds, and the entries it is made from. */
interface ReadModel {
  readonly name: string;
  readonly rows: string;
  readonly of: (entry: Entry) => string | undefined;
}

const field =
  (kind: string, name: string) =>
  (entry: Entry): string | undefined =>
    entry.kind === kind ? String(entry.data[name]) : undefined;
const entryId =
  (kind: string) =>
  (entry: Entry): string | undefined =>
    entry.kind === kind ? entry.id : undefined;

const READ_MODELS: readonly ReadModel[] = [
  {
    name: 'accumulation.learning',
    rows: 'select id from accumulation.learning',
    of: entryId('learning-event'),
  },
  {
    name: 'accumulation.voiding',
    rows: 'select id from accumulation.voiding',
    of: entryId('learning-event-voided'),
  },
  {
    name: 'accumulation.earned',
    rows: 'select id from accumulation.earned',
    of: entryId('achievement-earned'),
  },
  {
    name: 'accumulation.withdrawn',
    rows: 'select earned_id as id from accumulation.withdrawn',
    of: field('achievement-withdrawn', 'earnedId'),
  },
  {
    name: 'credentials.issued',
    rows: 'select credential_id as id from credentials.issued',
    of: field('credential-issued', 'credentialId'),
  },
  {
    name: 'credentials.issued, revoked',
    rows: 'select credential_id as id from credentials.issued where revoked_at is not null',
    of: field('credential-revoked', 'credentialId'),
  },
];

/** (5, 6) Each read model holds what the logs say, no more and no less; nothing was put aside. */
export const checkReadModels = async (
  databaseUrl: string,
  entries: readonly Entry[],
): Promise<Violations> => {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const violations: string[] = [];
    for (const { name, rows, of } of READ_MODELS) {
      const found = (await client.query<{ id: string }>(rows)).rows.map(({ id }) => id);
      violations.push(...differences(`the row of ${name}`, found, entries.flatMap(one(of))));
    }
    const letters = await client.query<{ projection: string; reason_code: string }>(
      'select projection, reason_code from messaging.dead_letter where resolved_at is null',
    );
    for (const { projection, reason_code: code } of letters.rows)
      violations.push(`a dead letter of ${projection}: ${code}`);
    return violations;
  } finally {
    await client.end();
  }
};

const one =
  (of: ReadModel['of']) =>
  (entry: Entry): readonly string[] => {
    const id = of(entry);
    return id === undefined ? [] : [id];
  };
