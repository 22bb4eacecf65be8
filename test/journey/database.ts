import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A new database on the test server; the process under test migrates it itself. */
export const createEmptyDatabase = async (): Promise<string> => {
  const server = process.env['TEST_POSTGRES'];
  if (server === undefined)
    throw new Error('TEST_POSTGRES is not set: run the tests with npm test');
  const name = `journey_${randomBytes(6).toString('hex')}`;
  const client = new pg.Client({ connectionString: `${server.replace(/\/$/u, '')}/postgres` });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return `${server.replace(/\/$/u, '')}/${name}`;
};
