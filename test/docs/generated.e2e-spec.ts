import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { createEmptyDatabase } from '../journey/database.js';
import { ledgerCommand } from '../journey/maintenance.js';

/** What `npm run docs` writes is what is committed. */
it('keeps the generated documents equal to the code', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-docs-'));
  ledgerCommand(['docs', '--to', folder], {
    DATABASE_URL: await createEmptyDatabase(),
    DATA_DIR: folder,
  });
  const files = ['api/openapi.json', 'api/problems.md'].concat(
    readdirSync('docs/events').map((file) => `events/${file}`),
  );
  expect(files.length).toBeGreaterThan(15);
  expect(readdirSync(join(folder, 'events')).toSorted()).toEqual(
    readdirSync('docs/events').toSorted(),
  );
  for (const file of files)
    expect([file, readFileSync(join(folder, file), 'utf8')]).toEqual([
      file,
      readFileSync(join('docs', file), 'utf8'),
    ]);
}, 60_000);
