import { loadConfig, runService } from '#platform';
import { issuerContexts } from '../../contexts.js';

await runService({ name: 'issuer', contexts: issuerContexts }, loadConfig(process.env));
