import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { Verification } from '#contracts';
import type { Config, Service } from '#platform';
import { ledgerApi } from './api.js';
import { serviceOption, type ServiceOption, withService } from './service.js';

const out = (line: string): void => void process.stdout.write(`${line}\n`);

/** Prints the seven checks of a credential in a file (or standard input, "-"). */
const verify = async (file: string, config: Config): Promise<void> => {
  const credential = readFileSync(file === '-' ? 0 : file, 'utf8');
  const { verdict, checks } = await ledgerApi(config).call(
    Verification,
    'POST',
    '/v1/verifications',
    { body: { credential } },
  );
  for (const { check, result, reason, whatToDo } of checks)
    out(`${result.padEnd(16)} ${check.padEnd(10)} ${reason}${whatToDo ? ` ${whatToDo}` : ''}`);
  out(verdict);
  if (verdict !== 'genuine') process.exitCode = 1;
};

export const addData = (program: Command, config: Config): void => {
  const command = (name: string, description: string): Command =>
    program.command(name).description(description);
  const on = (run: (opened: Service) => Promise<void>) => (options: ServiceOption) =>
    withService(options, config, run);

  command('migrate', 'bring the tables up to date')
    .addOption(serviceOption())
    .action(on(async () => out('The tables are up to date.')));
  command('verify <file>', 'check a credential in a file, or "-"').action((file: string) =>
    verify(file, config),
  );
  command('docs', 'write the generated documents: API, problems, events')
    .option('--to <folder>', 'where to', 'docs')
    .action(({ to }: { to: string }) =>
      withService({ service: 'ledger' }, config, async ({ app }, { contexts }) => {
        const { writeDocuments } = await import('./documents.js');
        writeDocuments(app, contexts, to);
      }),
    );
};
