import { loadConfig, runService } from '#platform';
import { recorderContexts } from '../../contexts.js';

const config = loadConfig(process.env);
await runService(
  { name: 'recorder', contexts: recorderContexts(config), hasThreads: true },
  config,
);
