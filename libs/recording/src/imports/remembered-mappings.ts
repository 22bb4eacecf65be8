import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ImportMapping } from '#contracts';
import { Seals } from './seals.js';

/** How each client had the columns of its files read. Known by a fingerprint of their names; sealed. */
@Injectable()
export class RememberedMappings {
  constructor(
    private readonly db: DataSource,
    private readonly seals: Seals,
  ) {}

  /** The mapping that was confirmed last for these columns. */
  async of(client: string, keys: readonly string[]): Promise<ImportMapping | undefined> {
    const fingerprint = this.seals.fingerprint([client, ...keys.toSorted()]);
    const [row] = await this.db.query<{ sealed: Buffer }[]>(
      'select sealed from recording.import_mapping where client = $1 and fingerprint = $2',
      [client, fingerprint],
    );
    if (!row) return undefined;
    const opened = this.seals.openJson(`mapping|${client}`, row.sealed);
    return ImportMapping.safeParse(opened).data;
  }

  /** Keeps what was confirmed, for the next file with these columns. */
  async remember(client: string, keys: readonly string[], mapping: ImportMapping): Promise<void> {
    await this.db.query(
      `insert into recording.import_mapping values ($1, $2, $3)
       on conflict (client, fingerprint) do update set sealed = excluded.sealed`,
      [
        client,
        this.seals.fingerprint([client, ...keys.toSorted()]),
        this.seals.sealJson(`mapping|${client}`, mapping),
      ],
    );
  }
}
