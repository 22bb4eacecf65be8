import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PublicUrl } from '#kernel';
import type { Identifier, Institution } from './domain/transcript.js';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly country: string;
  readonly url: string;
}

/** Institutions as a transcript names them. */
@Injectable()
export class Institutions {
  constructor(
    private readonly db: DataSource,
    private readonly publicUrl: PublicUrl,
  ) {}

  /**
   * By client id; one that is not registered yet (its message is on the way) is named by what its
   * credentials say.
   */
  async named(names: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, Institution>> {
    const rows = await this.db.query<Row[]>(
      'select id, name, country, url from transfer.institution where id = any($1)',
      [[...names.keys()]],
    );
    const known = new Map(rows.map((row) => [row.id, row]));
    return new Map(
      [...names].map(([id, name]) => {
        const row = known.get(id);
        const did = this.publicUrl.issuerDid(id);
        const institution: Institution = row
          ? {
              title: row.name,
              country: row.country,
              identifiers: [...schac(row.url), { type: 'did', value: did }],
              url: row.url,
            }
          : {
              title: name,
              identifiers: [{ type: 'did', value: did }],
              url: this.publicUrl.to(`/issuers/${id}`),
            };
        return [id, institution] as const;
      }),
    );
  }
}

/** The SCHAC identifier, guessed from the web domain, as ELMO recommends where none is known. */
const schac = (url: string): readonly Identifier[] => {
  const host = new URL(url).hostname.replace(/^www\./u, '');
  return /^(?=.*[a-z])[a-z0-9.-]+\.[a-z0-9-]+$/u.test(host) ? [{ type: 'schac', value: host }] : [];
};
