export { type Config, loadConfig } from './config.js';
export { createService, type Service } from './create-service.js';
export { type ServiceDefinition } from './service-definition.js';
export { describeApi } from './openapi.js';
export { runService } from './run-service.js';
