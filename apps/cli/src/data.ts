import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { Verification } from '#contracts';
import type { Config, Service } from '#platform';
import { ledgerApi } from './api.js';
import { bar } from './bar.js';
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

const listDeadLetters = async (service: Service): Promise<void> => {
  const letters = (await service.foundation.messaging()?.deadLetters.list()) ?? [];
  for (const letter of letters) out(JSON.stringify(letter));
  out(`${letters.length} dead letters`);
};

/** Tries each again; a letter that fails again stays where it is. */
const retryDeadLetters = async (service: Service): Promise<void> => {
  const deadLetters = service.foundation.messaging()?.deadLetters;
  const letters = (await deadLetters?.list()) ?? [];
  const count = bar('dead letters', process.stderr);
  let resolved = 0;
  for (const [n, { id }] of letters.entries()) {
    if (await deadLetters?.retry(id)) resolved += 1;
    count(n + 1, letters.length);
  }
  out(`${resolved} of ${letters.length} dead letters went through`);
};

export const addData = (program: Command, config: Config): void => {
  const command = (name: string, description: string): Command =>
    program.command(name).description(description);
  const on = (run: (opened: Service) => Promise<void>) => (options: ServiceOption) =>
    withService(options, config, run);

  command('migrate', 'bring the tables up to date')
    .addOption(serviceOption())
    .action(on(async () => out('The tables are up to date.')));
  command('rebuild', 'empty the read models; they are made anew from the log at the next start')
    .addOption(serviceOption())
    .action(
      on(async ({ foundation }) => {
        await foundation.messaging()?.rebuild();
        out('The read models are empty. They fill when the service starts.');
      }),
    );
  const letters = command('dead-letters', 'messages that were set aside');
  letters
    .command('list', { isDefault: true })
    .addOption(serviceOption())
    .action(on(listDeadLetters));
  letters.command('retry').addOption(serviceOption()).action(on(retryDeadLetters));
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
