import type { Part } from '../part.js';
import { DocumentResources } from './documents/document-resources.js';
import { CreateDocuments1764200001000 } from './documents/documents-migration.js';
import { Documents } from './documents/documents.js';
import { MoreResource } from './more.resource.js';
import { xapiPaths } from './openapi.js';
import { ActivityDefinitions } from './documents/people-and-activities.js';
import { Resources } from './resources.js';
import { XapiRoutes } from './routes.js';
import { XapiRulesController } from './rules.controller.js';
import { StatementSearch } from './statement-search.js';
import { StatementsResource } from './statements.resource.js';
import { Consistency } from './store/consistency.js';
import { CreateStatements1764200000000 } from './store/migration.js';
import { MoreLinks } from './store/more-link.js';
import { PrepareStatements } from './store/prepare-statements.js';
import { SealedStatements } from './store/sealed-statements.js';
import { StatementDatabase } from './store/statement-database.js';
import { StatementDefinitions } from './store/statement-definitions.js';
import { StatementReader } from './store/statement-reader.js';
import { StatementTimes } from './store/statement-times.js';
import { StatementWriter } from './store/statement-writer.js';
import { StatementTokens } from './store/tokens.js';

/** The Learning Record Store. */
export const xapi: Part = {
  controllers: [XapiRulesController],
  providers: [
    XapiRoutes,
    Resources,
    StatementsResource,
    MoreResource,
    StatementSearch,
    MoreLinks,
    PrepareStatements,
    SealedStatements,
    StatementDatabase,
    Consistency,
    StatementReader,
    StatementTimes,
    StatementWriter,
    StatementTokens,
    StatementDefinitions,
    { provide: ActivityDefinitions, useExisting: StatementDefinitions },
    Documents,
    DocumentResources,
  ],
  migrations: [CreateStatements1764200000000, CreateDocuments1764200001000],
  paths: xapiPaths,
};
