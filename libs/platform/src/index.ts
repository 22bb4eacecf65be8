export { type Config, loadConfig } from './config.js';
export { createService, type Service } from './create-service.js';
export { type ServiceDefinition } from './service-definition.js';
export { createDataSource, migrate } from './database.js';
export { createLogger } from './logger.js';
export { describeApi } from './openapi.js';
export { startPostgres } from './postgres/start-postgres.js';
export { runService } from './run-service.js';
