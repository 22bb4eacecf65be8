import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { Client, Invitation, RegisteredClient } from '#contracts';
import type { Config } from '#platform';
import { adminAuthorization, ledgerApi } from './api.js';

interface ClientOptions {
  readonly name: string;
  readonly type: string;
  readonly country: string;
  readonly city?: string;
  readonly homePage: string;
  readonly source: readonly string[];
  readonly context: string;
  readonly highestAssurance: string;
  readonly recognises: boolean;
  readonly eventsPerMinute?: number;
  readonly achievements?: string;
  readonly jwks?: string;
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

const addClient = async (id: string, options: ClientOptions, config: Config): Promise<void> => {
  const client = Client.parse({
    id,
    name: options.name,
    type: options.type,
    country: options.country,
    ...(options.city === undefined ? {} : { city: options.city }),
    homePage: options.homePage,
    sources: options.source.map((system) => `urn:llcl:${id}:${system}`),
    learningContext: options.context,
    highestAssurance: options.highestAssurance,
    recognises: options.recognises,
    ...(options.jwks === undefined ? {} : { jwks: JSON.parse(readFileSync(options.jwks, 'utf8')) }),
    ...(options.eventsPerMinute === undefined
      ? {}
      : { quota: { eventsPerMinute: options.eventsPerMinute } }),
  });
  const api = ledgerApi(config);
  const registered = await api.call(RegisteredClient, 'POST', '/v1/clients', {
    authorization: await adminAuthorization(config),
    body: client,
  });
  process.stdout.write(
    `${client.name} is registered. These secrets are shown once; keep them safe.\n` +
      `  client id      ${client.id}\n  client secret  ${registered.clientSecret}\n` +
      `  xAPI user      ${registered.xapiKey}\n  xAPI password  ${registered.xapiSecret}\n` +
      `  sources        ${client.sources.join(', ') || 'none'}\n`,
  );
  if (options.achievements !== undefined) await publish(options.achievements, registered, config);
};

/** Publishes the achievement definitions of a JSON file (an array) in the new client's name. */
const publish = async (
  file: string,
  registered: { client: Client; clientSecret: string },
  config: Config,
): Promise<void> => {
  const api = ledgerApi(config);
  const credentials = Buffer.from(`${registered.client.id}:${registered.clientSecret}`);
  const answer = await api.request('POST', '/oauth/token', {
    authorization: `Basic ${credentials.toString('base64')}`,
    body: { grant_type: 'client_credentials' },
  });
  const { access_token } = JSON.parse(answer.text) as { access_token: string };
  for (const definition of JSON.parse(readFileSync(file, 'utf8')) as { id: string }[]) {
    const { status, text } = await api.request('POST', '/v1/achievements', {
      authorization: `Bearer ${access_token}`,
      body: definition,
    });
    if (status >= 400) throw new Error(`The achievement ${definition.id} was refused: ${text}`);
    process.stdout.write(`  published      ${definition.id}\n`);
  }
};

export const addAdministration = (program: Command, config: Config): void => {
  program
    .command('client')
    .description('providers and institutions')
    .command('add <id>')
    .description('register one; prints its secrets once')
    .requiredOption('--name <name>', 'the name people know it by')
    .requiredOption('--type <type>', 'university, school, mooc-platform, library, employer, …')
    .requiredOption('--country <code>', 'two letters (ISO 3166)')
    .option('--city <city>')
    .requiredOption('--home-page <url>')
    .option('--source <system>', 'a system that sends events; may be repeated', collect, [])
    .requiredOption('--context <context>', 'formal, non-formal or informal')
    .requiredOption(
      '--highest-assurance <level>',
      'self-asserted, observed, assessed or quality-assured',
    )
    .option('--recognises', 'it decides on requests for recognition', false)
    .option(
      '--events-per-minute <count>',
      'its quota; if absent, what the recorder is set to',
      Number,
    )
    .option('--achievements <file>', 'a JSON array of achievement definitions to publish')
    .option(
      '--jwks <file>',
      'a JSON Web Key Set: the public keys with which it signs whose an account is',
    )
    .action((id: string, options: ClientOptions) => addClient(id, options, config));

  program
    .command('invite <role>')
    .description('a one-time sign-in link: provider, learner, officer, employer or admin')
    .option('--organisation <client>', 'for whom a provider or officer acts')
    .action(async (role: string, { organisation }: { organisation?: string }) => {
      const { url, expiresAt } = await ledgerApi(config).call(
        Invitation,
        'POST',
        '/v1/invitations',
        {
          authorization: await adminAuthorization(config),
          body: { role, ...(organisation === undefined ? {} : { organisation }) },
        },
      );
      process.stdout.write(`${url}\nIt works once, until ${expiresAt}.\n`);
    });
};
