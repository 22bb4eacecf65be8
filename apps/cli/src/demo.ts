import type { Command } from 'commander';
import { TokenResponse } from '#contracts';
import { runDemo } from '#demo';
import type { Config } from '#platform';
import { ledgerApi } from './api.js';

export const addDemo = (program: Command, config: Config): void => {
  program
    .command('seed')
    .description('tell the demo story to a running, empty ledger in demo mode')
    .action(async () => {
      if (!config.demo) throw new Error('Only a ledger in demo mode can be seeded.');
      await runDemo(config);
    });

  program
    .command('demo')
    .description('what only the demo has')
    .command('token <persona>')
    .description('a bearer token for curl: university, mooc, library, learner, …')
    .action(async (persona: string) => {
      const { access_token } = await ledgerApi(config).call(
        TokenResponse,
        'POST',
        '/v1/demo/sign-in',
        { body: { persona } },
      );
      process.stdout.write(`${access_token}\n`);
    });
};
