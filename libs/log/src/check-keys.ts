import type { Client } from 'pg';
import { type Report, type Violation, VIOLATIONS_MAX } from './check-entry.js';

/** What sorting and hashing may take before it goes to disk. */
const WORK_MEM = '64MB';

/** A lost key would let the same event in twice. */
const checkIntakeKeys = async (client: Client, report: Report): Promise<void> => {
  const { rows } = await client.query<{ seq: string; has_key: boolean; has_entry: boolean }>(
    `select coalesce(e.seq, k.seq) as seq, k.seq is not null as has_key,
       e.dedup is not null as has_entry
     from log.entry e full join log.intake_key k on k.seq = e.seq
     where (e.dedup is null) <> (k.seq is null)
       or substr(uuid_send(e.dedup), 7) <> substr(k.identity, 1, 10)
     order by 1 limit ${VIOLATIONS_MAX}`,
  );
  for (const { seq, has_key, has_entry } of rows) {
    if (!has_key) report({ seq: Number(seq), what: 'the key of the intake event is missing' });
    else if (has_entry)
      report({ seq: Number(seq), what: 'the key of the intake event is another' });
    else report({ seq: Number(seq), what: 'a key of an intake event leads to no such event' });
  }
};

/** An id is random: two entries that have the same say that one was moved. */
const checkIds = async (client: Client, report: Report): Promise<void> => {
  const { rows } = await client.query<{ seq: string }>(
    `select max(seq) as seq from log.entry group by id having count(*) > 1
     order by 1 limit ${VIOLATIONS_MAX}`,
  );
  for (const { seq } of rows)
    report({ seq: Number(seq), what: 'an earlier entry has the same id' });
};

/** What is wrong with keys and ids: PostgreSQL compares them by itself. */
export const checkKeys = async (client: Client): Promise<readonly Violation[]> => {
  const violations: Violation[] = [];
  const report: Report = (violation) => void violations.push(violation);
  await client.query(`set local work_mem = '${WORK_MEM}'`);
  await checkIntakeKeys(client, report);
  await checkIds(client, report);
  return violations;
};
