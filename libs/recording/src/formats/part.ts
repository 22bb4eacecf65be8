import type { Part } from '../part.js';
import { PublishedDocuments } from '../published-documents.js';
import { formatPaths } from './openapi.js';
import { FormatRoutes } from './routes.js';
import { Series } from './series.js';

/** The languages that providers speak. */
export const formats: Part = {
  controllers: [],
  providers: [FormatRoutes, Series, PublishedDocuments],
  migrations: [],
  paths: formatPaths,
};
