import { loadConfig, runService } from '#platform';
import { issuerContexts } from '../../contexts.js';

const config = loadConfig(process.env);
await runService({ name: 'issuer', contexts: issuerContexts(config) }, config);
