import { Injectable } from '@nestjs/common';
import { DomainError } from '#kernel';
import type { AttachmentContent } from '../multipart.js';
import { SealedStatements } from './sealed-statements.js';
import { StatementDatabase } from './statement-database.js';
import { StatementText } from './statement-text.js';
import { type StatementQuery, toSql } from './statement-query.js';
import { StatementTimes } from './statement-times.js';

/** Of one page with attachments: what is beyond comes with the next. */
const ATTACHMENT_BYTES_MAX = 32 * 1024 * 1024;

interface Row {
  readonly seq: string;
  readonly id: string;
  readonly stored: Date;
  readonly people: string;
  readonly wrapped_key: Buffer;
  readonly content: Buffer;
}
/** What is beyond a page has no content. */
type Listed = Omit<Row, 'content'> & { readonly content: Buffer | null };
interface AttachmentRow {
  readonly seq: string;
  readonly n: number;
  readonly about: Buffer;
  readonly content: Buffer;
}

/** A statement as it was sent, with when it was stored. */
export interface ReadStatement {
  readonly id: string;
  readonly stored: Date;
  readonly text: StatementText;
  readonly attachments: readonly AttachmentContent[];
}

export interface Page {
  readonly statements: readonly ReadStatement[];
  /** Where the next page begins; absent at the end. */
  readonly beyond?: number;
}

/** By id and client. */
export const BY_ID = `
  select s.seq, s.id, s.stored, s.people, s.wrapped_key, s.content,
    not s.is_void and exists (
      select from recording.statement v
      where v.target = s.id and v.client = s.client and v.is_void) as is_voided
  from recording.statement s where s.id = $1 and s.client = $2`;
const SIZES = `
  select seq, sum(length(content))::float8 as bytes from recording.attachment
  where seq = any($1::bigint[]) group by seq`;
const ATTACHMENTS = `
  select seq, n, about, content from recording.attachment
  where seq = any($1::bigint[]) order by seq, n`;

/** What was stored, opened. What speaks of somebody who was erased is not there. */
@Injectable()
export class StatementReader {
  constructor(
    private readonly db: StatementDatabase,
    private readonly seals: SealedStatements,
    private readonly times: StatementTimes,
  ) {}

  /**
   * The statement of an id; a voided one only where voided ones are asked for. Throws `not-found`.
   */
  async byId(
    client: string,
    id: string,
    { isVoided, withAttachments }: { isVoided: boolean; withAttachments: boolean },
  ): Promise<ReadStatement> {
    const rows = await this.db.prepared<Row & { is_voided: boolean }>(BY_ID, [id, client]);
    const asked = rows.filter(({ is_voided }) => is_voided === isVoided);
    const [found] = await this.#open(asked, withAttachments);
    if (!found) throw new DomainError('not-found');
    return found;
  }

  /** One page. A statement that cannot be opened is left out, so a page may be short. */
  async page(query: StatementQuery, withAttachments: boolean): Promise<Page> {
    const placed = await this.times.placed(query);
    const { text, values } = toSql({ ...placed, limit: query.limit + 1 });
    const rows = await this.db.planned<Listed>(text, values);
    const read = rows.filter((row): row is Row => row.content !== null);
    const fitting = withAttachments ? await this.#fitting(read) : read.length;
    const shown = read.slice(0, Math.min(query.limit, fitting));
    const statements = await this.#open(shown, withAttachments);
    const last = shown.at(-1);
    return rows.length > shown.length && last
      ? { statements, beyond: Number(last.seq) }
      : { statements };
  }

  /** How many from the first on have attachments that fit into one answer; at least one. */
  async #fitting(rows: readonly Row[]): Promise<number> {
    const sizes = await this.db.prepared<{ seq: string; bytes: number }>(SIZES, [
      rows.map(({ seq }) => seq),
    ]);
    const bytesOf = new Map(sizes.map(({ seq, bytes }) => [seq, bytes]));
    let bytes = 0;
    const first = rows.findIndex(({ seq }) => {
      bytes += bytesOf.get(seq) ?? 0;
      return bytes > ATTACHMENT_BYTES_MAX;
    });
    return first < 0 ? rows.length : Math.max(1, first);
  }

  async #open(rows: readonly Row[], withAttachments: boolean): Promise<readonly ReadStatement[]> {
    const keys = await this.seals.keys(
      rows.map(({ id, people, wrapped_key }) => ({
        id,
        people: people.split(' '),
        wrappedKey: wrapped_key,
      })),
    );
    const attachments = withAttachments
      ? await this.db.prepared<AttachmentRow>(ATTACHMENTS, [rows.map(({ seq }) => seq)])
      : [];
    return rows.flatMap((row, k): readonly ReadStatement[] => {
      const key = keys[k];
      if (!key) return [];
      const text = this.seals.content(key, row.id, row.content);
      return [
        {
          id: row.id,
          stored: row.stored,
          text: new StatementText(text),
          attachments: attachments
            .filter(({ seq }) => seq === row.seq)
            .map(({ n, ...sealed }) => this.seals.attachment(key, row.id, n, sealed)),
        },
      ];
    });
  }
}
