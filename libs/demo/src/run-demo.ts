import { join } from 'node:path';
import { z } from 'zod';
import { Institutions, Shares, Timeline, TokenResponse, WalletCredentials } from '#contracts';
import { ApiClient } from './client.js';
import { progressBar, SeedProgress } from './progress.js';
import { seed, SEED_STEPS } from './seed.js';

const out = process.stdout;
const PERSONAS = [
  ['university', 'Aurora Open University, a provider'],
  ['mooc', 'Coral MOOC, a provider'],
  ['library', 'Ring Libraries, a provider'],
  ['learner', 'Amina, a learner'],
  ['second-university', 'an officer of Borealis University'],
  ['employer', 'somebody who hires'],
  ['admin', 'who runs the ledger'],
] as const;

/** What a person needs to know when the ledger is up. */
export const welcome = (publicUrl: string, dataDir: string): void => {
  out.write(`\nThe ledger is at ${publicUrl}\nIts data is in ${dataDir}\n`);
};

const isEmpty = async (api: ApiClient): Promise<boolean> =>
  (await api.call(Institutions, 'GET', '/v1/institutions')).data.length === 0;

/** Seeds an empty ledger, or goes on with a seed that was interrupted; then says what is there. */
export const runDemo = async (config: { publicUrl: string; dataDir: string }): Promise<void> => {
  const api = new ApiClient(config.publicUrl);
  const progress = new SeedProgress(join(config.dataDir, 'demo.json'));
  const state = progress.load();
  const interrupted = state !== undefined && !state.done;
  if (interrupted || (await isEmpty(api))) {
    out.write(
      '\nTelling a small story through the public interface, so that there is something to see:\n',
    );
    await seed(api, progress, progressBar(SEED_STEPS, out));
  }
  await tell(api, config.publicUrl);
};

const tell = async (api: ApiClient, publicUrl: string): Promise<void> => {
  const { access_token } = await api.call(TokenResponse, 'POST', '/v1/demo/sign-in', {
    body: { persona: 'learner' },
  });
  const authorization = `Bearer ${access_token}`;
  const ask = <T>(schema: z.ZodType<T>, path: string) =>
    api.call(schema, 'GET', path, { authorization });
  const [institutions, timeline, credentials, shares] = await Promise.all([
    ask(Institutions, '/v1/institutions'),
    ask(Timeline, '/v1/me/timeline?limit=100'),
    ask(WalletCredentials, '/v1/me/credentials'),
    ask(Shares, '/v1/me/shares'),
  ]);
  const open = shares.data.find(({ state }) => state === 'open');
  out.write(`
What is there
  ${institutions.data.length} providers and institutions
  ${timeline.data.length} events in the learner’s own record
  ${credentials.data.length} credentials in the learner’s wallet

Look around
  ${publicUrl}/          the start page
  ${publicUrl}/check     check a credential
${open ? `  ${open.url}   what the learner shares\n` : ''}
Sign in as
${PERSONAS.map(([persona, who]) => `  ${publicUrl}/demo/sign-in/${persona.padEnd(18)} ${who}`).join('\n')}

Stop with Ctrl+C. The data stays.
`);
};
