import { loadConfig, runService } from '#platform';
import { recorderContexts } from '../../contexts.js';

await runService({ name: 'recorder', contexts: recorderContexts }, loadConfig(process.env));
