import { loadConfig, runService } from '#platform';
import { exchangeContexts } from '../../contexts.js';

const config = loadConfig(process.env);
await runService({ name: 'exchange', contexts: exchangeContexts(config) }, config);
