import type { DataSource } from 'typeorm';
import type { Fact } from '#contracts';
import type { Transaction } from '#log';

/** Sets the bit of a revoked credential in its list. Repeating it changes nothing. */
export const setRevoked = async (
  db: DataSource | Transaction,
  { statusListId, statusListIndex }: Fact<'credential-revoked'>['data'],
): Promise<void> => {
  await db.query(
    'insert into credentials.revocation (list_id, index) values ($1, $2) on conflict do nothing',
    [statusListId, statusListIndex],
  );
};
