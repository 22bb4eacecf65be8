import { spawnSync } from 'node:child_process';
import { checkLog } from '#log';

/** The violations of each log, in plain words. */
export const fsck = async (
  logs: readonly { readonly name: string; readonly databaseUrl: string }[],
): Promise<readonly string[]> => {
  const all: string[] = [];
  for (const { name, databaseUrl } of logs) {
    const { violations, size } = await checkLog({ name, databaseUrl });
    if (size === 0) all.push(`${name} is empty`);
    all.push(...violations.map(({ seq, what }) => `${name} ${seq ?? ''}: ${what}`));
  }
  return all;
};

/** Runs a command of the ledger's command line, as an operator would. */
export const ledgerCommand = (
  parameters: readonly string[],
  env: Readonly<Record<string, string>>,
): string => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['dist/apps/cli/src/main.js', ...parameters],
    { env: { PATH: process.env['PATH'] ?? '', ...env }, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`ledger ${parameters.join(' ')} failed:\n${stdout}${stderr}`);
  return stdout;
};
