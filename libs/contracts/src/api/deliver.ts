import { z } from 'zod';

const Time = z.iso.datetime({ offset: true });
const Count = z.int().nonnegative();

/** What can become of an item that was sent; `waiting` is what has to be sent again later. */
export const Became = z
  .enum(['recorded', 'duplicate', 'telemetry', 'test', 'refused', 'waiting'])
  .meta({ id: 'Became' });
export type Became = z.infer<typeof Became>;

/** The test area answers like the other one, and nothing that is sent to it counts. */
export const Area = z.enum(['live', 'test']).meta({ id: 'Area' });
export type Area = z.infer<typeof Area>;

export const DeliveryCounts = z.object({
  recorded: Count,
  duplicate: Count,
  telemetry: Count,
  test: Count,
  refused: Count,
  waiting: Count,
});
export type DeliveryCounts = z.infer<typeof DeliveryCounts>;

/** Why an item was refused: where the trouble is and what it is, never what was sent. */
export const Refusal = z
  .object({
    /** The place of the item in the request, from 0; absent where the request was refused whole. */
    index: Count.optional(),
    code: z.string(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).default([]),
  })
  .meta({ id: 'Refusal' });
export type Refusal = z.infer<typeof Refusal>;

const delivery = {
  id: z.string(),
  /** How it came: `events`, `xapi`, `kafka`, or the name of a format. */
  channel: z.string(),
  area: Area,
  receivedAt: Time,
  /** The one thing to know: refused if anything was, else waiting if anything has to wait, … */
  state: Became,
  /** More than 1 where many came within a second and are told together. */
  requests: Count,
  counts: DeliveryCounts,
  /** The delivery that this one sent again. */
  retryOf: z.string().optional(),
};
export const Delivery = z.object(delivery).meta({ id: 'Delivery' });
export type Delivery = z.infer<typeof Delivery>;
export const Deliveries = z
  .object({ data: z.array(Delivery), nextCursor: z.string().nullable() })
  .meta({ id: 'Deliveries' });
export type Deliveries = z.infer<typeof Deliveries>;

/** GET /v1/deliveries/{id} */
export const DeliveryDetails = z
  .object({
    ...delivery,
    /** The first of the refusals. */
    refusals: z.array(Refusal),
    /** How much of what was refused is kept, so that it can be sent again, and until when. */
    kept: Count,
    keptUntil: Time.optional(),
  })
  .meta({ id: 'DeliveryDetails' });
export type DeliveryDetails = z.infer<typeof DeliveryDetails>;

/** GET /v1/deliveries/{id}/refused: what was sent and refused, as it came. */
export const RefusedItems = z
  .object({
    data: z.array(
      z.object({
        ...Refusal.shape,
        /** The event, where events came one by one. */
        event: z.unknown().optional(),
        /** The whole request, where it was refused whole or is of a format. */
        body: z.string().optional(),
        /** True where `body` is base64: what came was no text in UTF-8. */
        isBase64: z.boolean().optional(),
        mediaType: z.string().optional(),
      }),
    ),
    keptUntil: Time.optional(),
  })
  .meta({ id: 'RefusedItems' });
export type RefusedItems = z.infer<typeof RefusedItems>;

/**
 * POST /v1/deliveries/{id}/retry: what is sent instead of what was refused, in the form in which
 * it was given out. What is not named is sent as it was.
 */
export const RetryRequest = z
  .object({
    data: z
      .array(
        z.object({
          index: Count.optional(),
          event: z.unknown().optional(),
          body: z.string().optional(),
        }),
      )
      .max(50)
      .optional(),
  })
  .meta({ id: 'RetryRequest' });
export type RetryRequest = z.infer<typeof RetryRequest>;

/** GET /v1/deliveries/days: counts of a day, for each way in and each area. */
export const DeliveryDays = z
  .object({
    data: z.array(
      z.object({
        day: z.iso.date(),
        channel: z.string(),
        area: Area,
        requests: Count,
        counts: DeliveryCounts,
      }),
    ),
  })
  .meta({ id: 'DeliveryDays' });
export type DeliveryDays = z.infer<typeof DeliveryDays>;
