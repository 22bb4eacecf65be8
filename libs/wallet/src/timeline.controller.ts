import { Controller, Get, Headers, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { DomainError } from '#kernel';
import { Timeline } from '#contracts';
import { type Actor, CurrentActor, Requires } from '#access';
import { ENVELOPE, Journal, messageOf, type StoredMessage } from '#log';
import { Vault } from '#vault';
import { type Happened, languagesOf, timelineItem } from './domain/timeline.js';

const PAGE_MAX = 100;
const PAGE = 50;
const TimelineQuery = z.object({
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE),
  cursor: z.string().max(200).optional(),
});

/** A place in the timeline: time and id of the last line that was read. */
const Cursor = z.tuple([z.iso.datetime(), z.string()]);
type Cursor = z.infer<typeof Cursor>;

interface EventRow extends StoredMessage {
  readonly party: string | null;
  readonly voided: boolean;
  readonly superseded: boolean;
}

/** Corrections further down a chain than this are not looked for. */
const CHAIN_MAX = 100;

/** A correction of `e`, or of its correction, that its provider has not taken back. */
const SUPERSEDED = `
  with recursive later as (
    select c.id, c.provider, c.event_source, c.event_id, 1 as place from wallet.event c
    where (c.supersedes_source, c.supersedes_id) = (e.event_source, e.event_id)
      and c.provider is not distinct from e.provider
    union all
    select c.id, c.provider, c.event_source, c.event_id, place + 1
    from later join wallet.event c
      on (c.supersedes_source, c.supersedes_id) = (later.event_source, later.event_id)
        and c.provider is not distinct from later.provider
    where place < ${CHAIN_MAX}
  )
  select from later where not exists (select from wallet.voided v
    where (v.event_source, v.event_id) = (later.event_source, later.event_id)
      and v.provider is not distinct from later.provider)`;

@ApiTags('learner')
@Controller('v1/me/timeline')
export class TimelineController {
  constructor(
    private readonly db: DataSource,
    @Inject(Journal) private readonly journal: Journal,
    @Inject(Vault) private readonly vault: Vault,
  ) {}

  @Get()
  @Requires('read-own-record')
  @ApiOperation({ summary: 'What providers and you recorded, newest first' })
  @ApiResponse({ status: 200, standardSchema: Timeline })
  async read(
    @Query({ schema: TimelineQuery }) { limit, cursor }: z.infer<typeof TimelineQuery>,
    @Headers('accept-language') acceptLanguage: string | undefined,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof Timeline>> {
    const after = cursor === undefined ? undefined : readCursor(cursor);
    const rows = await this.#rows(await this.vault.aliasesOf(actor.id), after, limit + 1);
    const page = rows.slice(0, limit);
    const opened = await this.journal.open(page.map((row) => messageOf(row, 'learning-event')));
    const languages = languagesOf(acceptLanguage);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return {
      data: page.flatMap((row, n) => {
        const data = opened[n] as Happened['data'] | undefined;
        return data ? [timelineItem({ ...happened(row), data }, languages)] : [];
      }),
      nextCursor: last ? writeCursor([last.time.toISOString(), last.id]) : null,
    };
  }

  #rows(
    aliases: readonly string[],
    [time, id]: Cursor | [undefined?, undefined?] = [],
    limit: number,
  ): Promise<EventRow[]> {
    return this.db.query<EventRow[]>(
      `select ${ENVELOPE},
         (select name from wallet.party p where p.id = e.provider) as party,
         exists (select from wallet.voided v
           where (v.event_source, v.event_id) = (e.event_source, e.event_id)
             and v.provider is not distinct from e.provider) as voided,
         exists (${SUPERSEDED}) as superseded
       from wallet.event e
       where alias = any($1) and ($2::timestamptz is null or (time, id) < ($2, $3))
       order by time desc, id desc limit $4`,
      [aliases, time ?? null, id ?? null, limit],
    );
  }
}

/** Learners report their own learning under this provider, which is not registered. */
const SELF = { id: 'self', name: 'Self-reported' };

const happened = (row: EventRow): Omit<Happened, 'data'> => {
  const { id, time, provider, party, voided, superseded } = row;
  return {
    id,
    time: time.toISOString(),
    provider:
      provider === null || provider === SELF.id ? SELF : { id: provider, name: party ?? provider },
    voided,
    superseded,
  };
};

const writeCursor = (cursor: Cursor): string =>
  Buffer.from(JSON.stringify(cursor)).toString('base64url');

const readCursor = (text: string): Cursor => {
  try {
    return Cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    throw new DomainError('invalid-input', 'the cursor is not one of ours', [
      { pointer: '#/cursor', detail: 'Use nextCursor of the page before, as it is.' },
    ]);
  }
};
