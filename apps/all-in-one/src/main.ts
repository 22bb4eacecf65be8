import { runDemo, welcome } from '#demo';
import { loadConfig, runService } from '#platform';
import { everyContext } from '../../contexts.js';

const config = loadConfig(process.env);
const { foundation } = await runService(
  { name: 'ledger', contexts: everyContext(config), hasThreads: true },
  config,
);
welcome(config.publicUrl, foundation.postgres?.dataDir ?? config.dataDir);
if (config.demo) await runDemo(config);
