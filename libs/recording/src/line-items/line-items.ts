import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, DomainError, PublicUrl } from '#kernel';
import { readCursor, writeCursor } from '../cursor.js';
import type { LineItem, LineItemDefinition } from './line-item.js';

/** So many may be in one context; a gradebook has some hundred columns. */
export const LINE_ITEMS_MAX = 10_000;
/** So many may a client have in all its contexts. */
export const LINE_ITEMS_OF_CLIENT_MAX = 100_000;

/** The gradebook of a course: each client has its own, whatever it calls them. */
export interface Gradebook {
  readonly client: string;
  readonly context: string;
}

/** What a list is narrowed by. */
export interface LineItemFilter {
  readonly resourceLinkId?: string | undefined;
  readonly resourceId?: string | undefined;
  readonly tag?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface Row {
  readonly id: string;
  readonly created_at: Date;
  readonly definition: LineItemDefinition;
}

/** Line items, as their clients have given them. */
@Injectable()
export class LineItems {
  constructor(
    private readonly db: DataSource,
    private readonly publicUrl: PublicUrl,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Keeps a new one under its id. Throws `too-large` when the gradebook is full, or the client has so
   * many in all; many at once may exceed that by as many.
   */
  async add(
    { client, context }: Gradebook,
    id: string,
    definition: LineItemDefinition,
  ): Promise<void> {
    const [row] = await this.db.query<{ here: number; in_all: number }[]>(
      `select
         (select count(*)::int from (
            select from recording.line_item where client = $1 and context = $2
            limit ${LINE_ITEMS_MAX}) as these) as here,
         (select count(*)::int from (
            select from recording.line_item where client = $1
            limit ${LINE_ITEMS_OF_CLIENT_MAX}) as those) as in_all`,
      [client, context],
    );
    if (row && row.here >= LINE_ITEMS_MAX)
      throw new DomainError('too-large', `A context may have ${LINE_ITEMS_MAX} line items.`);
    if (row && row.in_all >= LINE_ITEMS_OF_CLIENT_MAX)
      throw new DomainError(
        'too-large',
        `A client may have ${LINE_ITEMS_OF_CLIENT_MAX} line items in all. Take away those of courses that are over.`,
      );
    await this.db.query(
      `insert into recording.line_item (id, client, context, created_at, definition)
       values ($1, $2, $3, $4, $5)`,
      [id, client, context, this.clock.now(), JSON.stringify(definition)],
    );
  }

  /** Throws `not-found`, also for one of another client or context. */
  async find(gradebook: Gradebook, id: string): Promise<LineItem> {
    const [row] = await this.db.query<Pick<Row, 'definition'>[]>(
      `select definition from recording.line_item where id = $1 and client = $2 and context = $3`,
      [id, gradebook.client, gradebook.context],
    );
    if (!row) throw new DomainError('not-found');
    return this.shown(gradebook, id, row.definition);
  }

  /** Says anew what one is. Throws `not-found`. */
  async replace(
    gradebook: Gradebook,
    id: string,
    definition: LineItemDefinition,
  ): Promise<LineItem> {
    const [rows] = await this.db.query<[object[], number]>(
      `update recording.line_item set definition = $4
       where id = $1 and client = $2 and context = $3 returning 1`,
      [id, gradebook.client, gradebook.context, JSON.stringify(definition)],
    );
    if (rows.length === 0) throw new DomainError('not-found');
    return this.shown(gradebook, id, definition);
  }

  /** What was recorded of its scores stays. Throws `not-found`. */
  async remove({ client, context }: Gradebook, id: string): Promise<void> {
    const [rows] = await this.db.query<[object[], number]>(
      `delete from recording.line_item
       where id = $1 and client = $2 and context = $3 returning 1`,
      [id, client, context],
    );
    if (rows.length === 0) throw new DomainError('not-found');
  }

  /** The oldest first. Out: also the cursor of the next page, if there is one. */
  async page(
    gradebook: Gradebook,
    { resourceLinkId, resourceId, tag, limit, cursor }: LineItemFilter,
  ): Promise<{ readonly data: readonly LineItem[]; readonly next: string | undefined }> {
    const [time, id] = cursor === undefined ? [] : readCursor(cursor, LINK_BEFORE);
    const rows = await this.db.query<Row[]>(
      `select id, created_at, definition from recording.line_item
       where client = $1 and context = $2
         and ($3::text is null or definition ->> 'resourceLinkId' = $3)
         and ($4::text is null or definition ->> 'resourceId' = $4)
         and ($5::text is null or definition ->> 'tag' = $5)
         and ($6::timestamptz is null or (created_at, id) > ($6, $7))
       order by created_at, id limit $8`,
      [
        gradebook.client,
        gradebook.context,
        resourceLinkId ?? null,
        resourceId ?? null,
        tag ?? null,
        time ?? null,
        id ?? null,
        limit + 1,
      ],
    );
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return {
      data: page.map((row) => this.shown(gradebook, row.id, row.definition)),
      next: last && writeCursor(last.created_at, last.id),
    };
  }

  /** The address of the gradebook's line items, or of one of them. */
  addressOf({ context }: Gradebook, id?: string): string {
    const address = this.publicUrl.to(`/lti/ags/${encodeURIComponent(context)}/lineitems`);
    return id === undefined ? address : `${address}/${id}`;
  }

  shown(gradebook: Gradebook, id: string, definition: LineItemDefinition): LineItem {
    return { id: this.addressOf(gradebook, id), ...definition };
  }
}

const LINK_BEFORE = 'Use the link to the next page, as it is.';
