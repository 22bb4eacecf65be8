import { loadConfig, runService } from '#platform';
import { vaultService } from '#vault';

const config = loadConfig(process.env);
await runService(
  { name: 'vault', contexts: [vaultService(config.vaultToken)], hasLog: false },
  config,
);
