import { join } from 'node:path';
import { Institutions, IssuedCredentials, Shares, TokenResponse } from '#contracts';
import { ApiClient } from './client.js';
import { progressBar, SeedProgress } from './progress.js';
import { seed, SEED_STEPS } from './seed.js';
import { others } from './story.js';

const out = process.stdout;
const LEARNERS = 1 + others.length;
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
  await tell(api, config.publicUrl, progress.load()?.events ?? 0);
};

/** Credentials that the providers of the demo have issued. */
const issued = async (api: ApiClient): Promise<number> => {
  let count = 0;
  for (const persona of ['university', 'mooc', 'library']) {
    const authorization = await signIn(api, persona);
    const list = await api.call(IssuedCredentials, 'GET', '/v1/credentials?limit=100', {
      authorization,
    });
    count += list.data.length;
  }
  return count;
};

const signIn = async (api: ApiClient, persona: string): Promise<string> => {
  const { access_token } = await api.call(TokenResponse, 'POST', '/v1/demo/sign-in', {
    body: { persona },
  });
  return `Bearer ${access_token}`;
};

const tell = async (api: ApiClient, publicUrl: string, events: number): Promise<void> => {
  const authorization = await signIn(api, 'learner');
  const [institutions, shares] = await Promise.all([
    api.call(Institutions, 'GET', '/v1/institutions'),
    api.call(Shares, 'GET', '/v1/me/shares', { authorization }),
  ]);
  const open = shares.data.find(({ state }) => state === 'open');
  out.write(`
What happened
  ${institutions.data.length} providers and institutions registered
  ${LEARNERS} learners
  ${events} events recorded
  ${await issued(api)} credentials issued

Look around
  ${publicUrl}/          the start page
  ${publicUrl}/check     check a credential
${open ? `  ${open.url}   what the learner shares\n` : ''}
Sign in as
${PERSONAS.map(([persona, who]) => `  ${publicUrl}/demo/sign-in/${persona.padEnd(18)} ${who}`).join('\n')}

Stop with Ctrl+C. The data stays.
`);
};
