import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { DomainError } from '#kernel';
import { facts, type IssuedCredential, type Message, topicOf } from '#contracts';
import { Journal } from '#log';
import { readAchievementCredential } from '#vc';

const PAGE = 50;

interface Row {
  readonly credential_id: string;
  readonly revoked_at: Date | null;
  readonly id: string;
  readonly log: string;
  readonly seq: string;
  readonly alias: string;
  readonly time: Date;
  /** As the database has it: with microseconds, so that a page begins where the last ended. */
  readonly at: string;
  readonly sealed: Buffer;
}

const Cursor = z.tuple([z.iso.datetime({ offset: true }), z.string()]);

/** The credentials of one issuer, newest first. What cannot be opened was erased: it is not there. */
@Injectable()
export class IssuedStore {
  constructor(
    private readonly db: DataSource,
    private readonly journal: Journal,
  ) {}

  /** A page. Throws DomainError `invalid-input` for a cursor that is not ours. */
  async page(
    issuer: string,
    cursor: string | undefined,
  ): Promise<{ data: IssuedCredential[]; nextCursor: string | null }> {
    const after = cursor === undefined ? undefined : decode(cursor);
    const rows = await this.db.query<Row[]>(
      `select credential_id, revoked_at, id, log, seq, alias, time, sealed,
         to_char(time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
       from credentials.issued
       where issuer = $1
         and ($2::timestamptz is null or (time, credential_id) < ($2::timestamptz, $3))
       order by time desc, credential_id desc limit ${PAGE + 1}`,
      [issuer, after?.[0] ?? null, after?.[1] ?? null],
    );
    const page = rows.slice(0, PAGE);
    const opened = await this.journal.open(page.map(messageOf));
    const last = rows.length > PAGE ? page.at(-1) : undefined;
    return {
      data: page.flatMap((row, n) => {
        const personal = facts['credential-issued'].personal.safeParse(opened[n]).data;
        return personal ? [shown(row, personal.credential)] : [];
      }),
      nextCursor: last ? encode(last) : null,
    };
  }

  /** Under which alias a credential of an issuer is filed; undefined if it has issued no such. */
  async aliasOf(issuer: string, credentialId: string): Promise<string | undefined> {
    const [row] = await this.db.query<{ alias: string }[]>(
      'select alias from credentials.issued where issuer = $1 and credential_id = $2',
      [issuer, credentialId],
    );
    return row?.alias;
  }
}

const shown = (row: Row, credential: Readonly<Record<string, unknown>>): IssuedCredential => ({
  id: row.credential_id,
  title: readAchievementCredential(credential)?.title ?? '',
  issuedAt: row.time.toISOString(),
  ...(row.revoked_at
    ? { state: 'withdrawn', revokedAt: row.revoked_at.toISOString() }
    : { state: 'valid' }),
});

/** The entry that a row was made from, for the journal to open. */
const messageOf = (row: Row): Message => ({
  id: row.id,
  log: row.log,
  seq: Number(row.seq),
  kind: 'credential-issued',
  topic: topicOf['credential-issued'],
  time: row.time.toISOString(),
  recordedAt: row.time.toISOString(),
  alias: row.alias,
  data: {},
  sealed: row.sealed,
});

const encode = ({ at, credential_id }: Row): string =>
  Buffer.from(JSON.stringify([at, credential_id])).toString('base64url');

const decode = (cursor: string): z.infer<typeof Cursor> => {
  try {
    return Cursor.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw new DomainError('invalid-input', undefined, [
      { pointer: '#/cursor', detail: 'This is not a cursor that we gave.' },
    ]);
  }
};
