import type { Part } from '../part.js';
import { DeliveriesController } from './deliveries.controller.js';
import { DeliveryBook } from './delivery-book.js';
import { DeliveryQuery } from './delivery-query.js';
import { ClaimDeliveries1764200004100, CreateDeliveries1764200004000 } from './migration.js';
import { Quota } from './quota.js';
import { Reception } from './reception.js';
import { RefusedItems } from './refused-items.js';
import { Retry } from './retry.js';
import { TidyDeliveries } from './tidy-deliveries.js';

/** What became of what was sent. */
export const deliveries: Part = {
  controllers: [DeliveriesController],
  providers: [DeliveryBook, DeliveryQuery, Quota, Reception, RefusedItems, Retry, TidyDeliveries],
  migrations: [CreateDeliveries1764200004000, ClaimDeliveries1764200004100],
  paths: {},
};
