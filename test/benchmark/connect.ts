import { Client } from 'pg';

/** A connection of the bench's own. One that is lost says so where it is used next. */
export const connect = async (databaseUrl: string): Promise<Client> => {
  const client = new Client(databaseUrl);
  client.on('error', () => undefined);
  await client.connect();
  return client;
};
