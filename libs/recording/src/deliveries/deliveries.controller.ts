import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Clock } from '#kernel';
import {
  Area,
  Became,
  Deliveries,
  DeliveryDays,
  DeliveryDetails,
  RefusedItems as RefusedItemsBody,
  RetryRequest,
} from '#contracts';
import { type Actor, CurrentActor, Requires } from '#access';
import { Clients } from '../clients.js';
import { DeliveryQuery } from './delivery-query.js';
import { keptUntil, type Refused, RefusedItems } from './refused-items.js';
import { Retry } from './retry.js';

const PAGE = 50;
const PAGE_MAX = 200;
const DAYS = 30;
const DAY_MS = 86_400_000;
const Time = z.iso.datetime({ offset: true });
const Filter = z.strictObject({
  state: Became.optional(),
  channel: z
    .string()
    .regex(/^[a-z0-9.-]{1,40}$/u)
    .optional(),
  area: Area.optional(),
  since: Time.optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE),
  cursor: z.string().max(200).optional(),
});
const DaysFilter = z.strictObject({ since: z.iso.date().optional() });

/** What became of what a client sent: each sees its own. */
@ApiTags('deliveries')
@Controller('v1/deliveries')
export class DeliveriesController {
  constructor(
    private readonly query: DeliveryQuery,
    private readonly items: RefusedItems,
    private readonly retry: Retry,
    private readonly clients: Clients,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  @Get()
  @Requires('read-deliveries')
  @ApiOperation({ summary: 'What became of what you sent, newest first; kept for 30 days' })
  @ApiQuery({ name: 'state', required: false, enum: Became.options })
  @ApiQuery({ name: 'channel', required: false })
  @ApiQuery({ name: 'area', required: false, enum: Area.options })
  @ApiQuery({ name: 'since', required: false })
  @ApiQuery({ name: 'limit', required: false })
  @ApiQuery({ name: 'cursor', required: false })
  @ApiResponse({ status: 200, standardSchema: Deliveries })
  list(
    @Query({ schema: Filter }) filter: z.infer<typeof Filter>,
    @CurrentActor() actor: Actor,
  ): Promise<Deliveries> {
    return this.query.page(senderOf(actor), filter);
  }

  @Get('days')
  @Requires('read-deliveries')
  @ApiOperation({ summary: 'Counts of each day, for each way in: of the last 30, or since a day' })
  @ApiQuery({ name: 'since', required: false })
  @ApiResponse({ status: 200, standardSchema: DeliveryDays })
  days(
    @Query({ schema: DaysFilter }) { since }: z.infer<typeof DaysFilter>,
    @CurrentActor() actor: Actor,
  ): Promise<DeliveryDays> {
    const from = new Date(this.clock.now().getTime() - (DAYS - 1) * DAY_MS);
    return this.query.days(senderOf(actor), since ?? from.toISOString().slice(0, 10));
  }

  @Get(':id')
  @Requires('read-deliveries')
  @ApiOperation({ summary: 'One delivery, with why its items were refused' })
  @ApiResponse({ status: 200, standardSchema: DeliveryDetails })
  one(@Param('id') id: string, @CurrentActor() actor: Actor): Promise<DeliveryDetails> {
    return this.#details(senderOf(actor), id);
  }

  @Get(':id/refused')
  @Requires('read-deliveries')
  @ApiOperation({ summary: 'What was refused of it, as you sent it; kept for seven days' })
  @ApiResponse({ status: 200, standardSchema: RefusedItemsBody })
  async refused(
    @Param('id') id: string,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof RefusedItemsBody>> {
    const client = senderOf(actor);
    const { delivery, refusals } = await this.query.one(client, id);
    const kept = await this.items.of(client, id, this.clock.now());
    const until = keptUntil(new Date(delivery.receivedAt)).toISOString();
    return {
      data: kept.map((item) => ({
        ...(refusals.find(({ index }) => index === item.n) ?? refusals[0] ?? UNTOLD),
        ...sentAgain(item),
      })),
      ...(kept.length > 0 ? { keptUntil: until } : {}),
    };
  }

  @Post(':id/retry')
  @HttpCode(200)
  @Requires('record-events')
  @ApiOperation({ summary: 'Send again what was refused of it, corrected or as it was' })
  @ApiResponse({ status: 200, standardSchema: DeliveryDetails })
  async again(
    @Param('id') id: string,
    @Body({ schema: RetryRequest.nullish() }) corrections: RetryRequest | null | undefined,
    @CurrentActor() actor: Actor,
  ): Promise<DeliveryDetails> {
    const sender = senderOf(actor);
    const { delivery } = await this.query.one(sender, id);
    const client = await this.clients.of(actor);
    const { channel, area } = delivery;
    const from = { client: sender, channel, area };
    const retried = await this.retry.again(client, id, from, corrections ?? {});
    return this.#details(sender, retried);
  }

  async #details(client: string, id: string): Promise<DeliveryDetails> {
    const { delivery, refusals } = await this.query.one(client, id);
    const kept = await this.items.count(client, id, this.clock.now());
    const until = keptUntil(new Date(delivery.receivedAt)).toISOString();
    const details = { ...delivery, refusals: [...refusals], kept };
    return kept > 0 ? { ...details, keptUntil: until } : details;
  }
}

const UNTOLD = { code: 'invalid-input', errors: [] };

const senderOf = ({ id, organisation }: Actor): string => organisation ?? id;

const sentAgain = ({ sent }: Refused): object => {
  if (sent.is === 'event') return { event: sent.event };
  const { body, isBase64, mediaType } = sent;
  return { body, isBase64, mediaType };
};
