import type { Part } from '../part.js';
import { LineItems } from './line-items.js';
import { CreateLineItems1764400030000 } from './migration.js';
import { lineItemPaths } from './openapi.js';
import { LineItemRoutes } from './routes.js';
import { Scores } from './scores.js';

/** LTI AGS as tools call it: each score under the address of its line item. */
export const lineItems: Part = {
  controllers: [],
  providers: [LineItemRoutes, LineItems, Scores],
  migrations: [CreateLineItems1764400030000],
  paths: lineItemPaths,
};
