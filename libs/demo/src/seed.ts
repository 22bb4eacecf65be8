import { z } from 'zod';
import {
  ClaimCode,
  Claims,
  Institutions,
  RecognitionCases,
  RegisteredClient,
  Shares,
  TokenResponse,
  WalletCredentials,
} from '#contracts';
import { ApiClient } from './client.js';
import type { SeedProgress, SeedState } from './progress.js';
import * as story from './story.js';

const XAPI = { 'x-experience-api-version': '1.0.3' };
const DAY_MS = 86_400_000;
const Anything = z.unknown();

interface Seeding {
  readonly api: ApiClient;
  readonly state: SeedState;
  readonly tokens: Map<string, string>;
}

const signIn = async ({ api, tokens }: Seeding, persona: string): Promise<string> => {
  const known = tokens.get(persona);
  if (known) return known;
  const { access_token } = await api.call(TokenResponse, 'POST', '/v1/demo/sign-in', {
    body: { persona },
  });
  tokens.set(persona, `Bearer ${access_token}`);
  return `Bearer ${access_token}`;
};

const register = async (seeding: Seeding, client: (typeof story.clients)[number]) => {
  const { api, state } = seeding;
  const options = { authorization: await signIn(seeding, 'admin'), body: client };
  const answer = await api.request('POST', '/v1/clients', options);
  if (answer.status === 201) {
    const { xapiKey, xapiSecret } = RegisteredClient.parse(JSON.parse(answer.text));
    const basic = Buffer.from(`${xapiKey}:${xapiSecret}`).toString('base64');
    state.keys[client.id] = `Basic ${basic}`;
  } else if (answer.status !== 409) throw new Error(`registering answered ${answer.text}`);
};

const Recorded = z.object({
  results: z.array(z.object({ status: z.enum(['recorded', 'duplicate']) })),
});

const record = async (seeding: Seeding, persona: string, events: readonly object[]) => {
  if (events.length === 0) return;
  const { results } = await seeding.api.call(Recorded, 'POST', '/v1/events', {
    authorization: await signIn(seeding, persona),
    body: events,
    type: 'application/cloudevents-batch+json',
  });
  seeding.state.events += results.length;
};

const recordFor = async (seeding: Seeding, learner: story.KnownLearner) => {
  const { api, state } = seeding;
  const statements = await api.call(z.array(z.string()), 'POST', '/xapi/statements', {
    authorization: state.keys[story.AURORA.id],
    headers: XAPI,
    body: story.moodleStatements(learner, state.startedAt),
  });
  state.events += statements.length;
  await record(seeding, 'mooc', story.moocEvents(learner, state.startedAt));
  await record(seeding, 'library', story.libraryEvents(learner, state.startedAt));
};

const claimAccounts = async (seeding: Seeding) => {
  const { api } = seeding;
  const learner = await signIn(seeding, 'learner');
  const accounts = [
    ['university', story.AURORA, story.LEARNER.account],
    ['mooc', story.CORAL, `u-${story.LEARNER.account}`],
    ['library', story.RING, `card-${story.LEARNER.account}`],
  ] as const;
  for (const [persona, { homePage }, name] of accounts) {
    const { code } = await api.call(ClaimCode, 'POST', '/v1/claim-codes', {
      authorization: await signIn(seeding, persona),
      body: { learner: { account: { homePage, name } } },
    });
    await api.call(Anything, 'POST', '/v1/me/claims', { authorization: learner, body: { code } });
  }
  await api.until(
    () => api.call(Claims, 'GET', '/v1/me/claims', { authorization: learner }),
    ({ data }) => data.length >= accounts.length,
  );
};

const credentialsOf = async (seeding: Seeding, count: number) => {
  const authorization = await signIn(seeding, 'learner');
  const { data } = await seeding.api.until(
    () => seeding.api.call(WalletCredentials, 'GET', '/v1/me/credentials', { authorization }),
    (wallet) => wallet.data.length >= count,
  );
  return data;
};

const share = async (seeding: Seeding) => {
  const authorization = await signIn(seeding, 'learner');
  const credentials = await credentialsOf(seeding, story.achievements.length);
  const shares = await seeding.api.call(Shares, 'GET', '/v1/me/shares', { authorization });
  const nursing = credentials.find(({ title }) => title.startsWith('Community Nursing'));
  if (!nursing || shares.data.length > 0) return;
  await seeding.api.call(Anything, 'POST', '/v1/shares', {
    authorization,
    body: {
      credentialIds: [nursing.id],
      until: new Date(Date.now() + 30 * DAY_MS).toISOString(),
    },
  });
};

const askForRecognition = async (seeding: Seeding) => {
  const authorization = await signIn(seeding, 'learner');
  const credentials = await credentialsOf(seeding, story.achievements.length);
  const known = await seeding.api.call(RecognitionCases, 'GET', '/v1/recognition/cases', {
    authorization,
  });
  const nursing = credentials.find(({ title }) => title.startsWith('Community Nursing'));
  if (!nursing || known.data.length > 0) return;
  await seeding.api.call(Anything, 'POST', '/v1/recognition/cases', {
    authorization,
    body: {
      institution: story.BOREALIS.id,
      credentialIds: [nursing.id],
      purpose: 'Entry to the second year of the bachelor in nursing',
    },
  });
};

type Step = readonly [label: string, run: (seeding: Seeding) => Promise<unknown>];

const steps: readonly Step[] = [
  ...story.clients.map((client): Step => [
    `registering ${client.name}`,
    (seeding) => register(seeding, client),
  ]),
  [
    'waiting until the providers are known everywhere',
    async ({ api }) => {
      await api.until(
        () => api.call(Institutions, 'GET', '/v1/institutions'),
        ({ data }) => data.length >= story.clients.length,
      );
    },
  ],
  ...story.achievements.map(([persona, definition]): Step => [
    `publishing “${definition.name}”`,
    async (seeding) =>
      seeding.api.call(Anything, 'POST', '/v1/achievements', {
        authorization: await signIn(seeding, persona),
        body: definition,
      }),
  ]),
  ...[story.LEARNER, ...story.others].map((learner, n): Step => [
    `recording the events of learner ${n + 1}`,
    (seeding) => recordFor(seeding, learner),
  ]),
  [
    'adding a piece of self-reported learning',
    async (seeding) => {
      await seeding.api.call(Anything, 'POST', '/v1/me/events', {
        authorization: await signIn(seeding, 'learner'),
        headers: { 'idempotency-key': 'demo-self-report' },
        body: {
          title: 'Cared for my grandmother at home',
          description: 'Two years of daily care, planned with the district nurse.',
          occurredOn: new Date(seeding.state.startedAt - 200 * DAY_MS).toISOString().slice(0, 10),
          hours: 600,
          evidence: [{ uri: 'https://learner.example/letter-from-the-district-nurse' }],
        },
      });
      seeding.state.events += 1;
    },
  ],
  ['claiming the three accounts', claimAccounts],
  [
    'writing the learner’s name into the vault',
    async (seeding) =>
      seeding.api.call(Anything, 'PUT', '/v1/me/profile', {
        authorization: await signIn(seeding, 'learner'),
        body: { givenName: 'Amina', familyName: 'Diallo', birthDate: '1992-03-14' },
        expected: [204],
      }),
  ],
  ['waiting for the credentials', (seeding) => credentialsOf(seeding, story.achievements.length)],
  ['sharing a credential for 30 days', share],
  ['asking Borealis University for recognition', askForRecognition],
];

export const SEED_STEPS = steps.length;

/**
 * Tells the story of the demo through the public API. Every step can be repeated, and a step that
 * is done is not done again: an interrupted seed goes on where it stopped.
 */
export const seed = async (
  api: ApiClient,
  progress: SeedProgress,
  onStep: (label: string) => void,
): Promise<void> => {
  const state = progress.load() ?? {
    done: false,
    startedAt: Date.now(),
    keys: {},
    steps: [],
    events: 0,
  };
  const seeding: Seeding = { api, state, tokens: new Map() };
  progress.save(state);
  for (const [label, run] of steps) {
    if (!state.steps.includes(label)) {
      await run(seeding);
      state.steps.push(label);
      progress.save(state);
    }
    onStep(label);
  }
  state.done = true;
  progress.save(state);
};
