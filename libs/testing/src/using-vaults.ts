import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SystemClock } from '#kernel';
import { SealingJournal } from '#log';
import {
  CachedVault,
  FileKeyRing,
  HttpVaultStore,
  PostgresVaultStore,
  type Vault,
  vaultMigrations,
  vaultService,
} from '#vault';
import { createDatabase, type Database } from './create-database.js';
import { InMemoryLog } from './in-memory-log.js';
import { inMemoryVault } from './in-memory-vault.js';
import { serve } from './serve.js';

const TOKEN = 'a-token-of-the-installation';

/** A name, and how a vault of that kind is made. */
type Kind = readonly [name: string, create: () => Vault];

/**
 * Every kind of vault, for all tests of a file: those in PostgreSQL are on one database of the
 * file's own, as those of several processes are, and those over HTTP are clients of one service.
 */
export const usingVaults = (): readonly [Kind, Kind, Kind] => {
  const keyRing = new FileKeyRing(mkdtempSync(join(tmpdir(), 'ledger-keys-')));
  let database: Database;
  let service: NestFastifyApplication;
  let url: string;
  beforeAll(async () => {
    database = await createDatabase(vaultMigrations);
    const vault = inMemoryVault();
    const clock = new SystemClock();
    const log = new InMemoryLog();
    const journal = new SealingJournal(log, vault, clock);
    service = await serve(vaultService(TOKEN), { db: database.dataSource, clock, vault, journal });
    url = await service.listen(0, '127.0.0.1').then(() => service.getUrl());
  });
  afterAll(async () => {
    await service.close();
    await database.close();
  });
  return [
    ['in PostgreSQL', () => new CachedVault(new PostgresVaultStore(database.dataSource, keyRing))],
    ['over HTTP', () => new CachedVault(new HttpVaultStore(url, TOKEN))],
    ['in memory', inMemoryVault],
  ];
};
