import type { Command } from 'commander';
import type { Finding } from './doctor/explain.js';
import { type Access, examine } from './doctor/provider.js';

const MARKS: Readonly<Record<Finding['is'], string>> = {
  right: 'ok     ',
  doubtful: 'careful',
  wrong: 'WRONG  ',
};
const INDENT = ' '.repeat(9);

const print = ({ is, what, whatToDo }: Finding): void => {
  process.stdout.write(`${MARKS[is]}  ${what}\n`);
  if (whatToDo !== undefined) process.stdout.write(`${INDENT}${whatToDo}\n`);
};

/** Secrets may come from the environment: what is on a command line, others can see. */
const withSecrets = (options: Access, env: NodeJS.ProcessEnv): Access => ({
  ...options,
  secret: options.secret ?? env['LEDGER_XAPI_SECRET'],
  clientSecret: options.clientSecret ?? env['LEDGER_CLIENT_SECRET'],
  token: options.token ?? env['LEDGER_TOKEN'],
});

const examineProvider = async (options: Access): Promise<void> => {
  const access = withSecrets(options, process.env);
  const { key, secret, clientSecret, token } = access;
  const isKeyed = secret !== undefined || clientSecret !== undefined;
  if (isKeyed && key === undefined) throw new Error('Give --key too: the id of the client.');
  for await (const finding of examine(access)) {
    print(finding);
    if (finding.is === 'wrong') process.exitCode = 1;
  }
  if (process.exitCode !== 1 && !isKeyed && token === undefined)
    process.stdout.write('Give --key with --secret or --client-secret to go on from here.\n');
};

export const addDoctor = (program: Command): void => {
  program
    .command('doctor')
    .description('looks for what is wrong, and says it in plain words')
    .command('provider')
    .description('a provider’s way into the ledger: probes go to the test area and never count')
    .requiredOption('--url <address>', 'the ledger, as your system has it')
    .option('--key <id>', 'the id of the client; the key (user) of xAPI')
    .option('--secret <secret>', 'the secret (password) of xAPI, or LEDGER_XAPI_SECRET')
    .option('--client-secret <secret>', 'the secret for tokens, or LEDGER_CLIENT_SECRET')
    .option('--token <token>', 'a token, or LEDGER_TOKEN')
    .option('--source <urn>', 'the source that your system sends')
    .action(examineProvider);
};
