import { Option } from 'commander';
import type { Config, Service, ServiceDefinition } from '#platform';

const SERVICES = ['ledger', 'recorder', 'issuer', 'exchange'];

/** Loaded when a command needs it: a token for curl should not wait for every context. */
const definitionOf = async (name: string, config: Config): Promise<ServiceDefinition> => {
  const contexts = await import('../../contexts.js');
  const of = {
    recorder: contexts.recorderContexts(config),
    issuer: contexts.issuerContexts(config),
    exchange: contexts.exchangeContexts(config),
  };
  return {
    name,
    contexts: name in of ? of[name as keyof typeof of] : contexts.everyContext(config),
  };
};

export interface ServiceOption {
  readonly service: string;
}

/** Opens a service without letting it read or listen, does something with it, and closes it. */
export const withService = async (
  { service: name }: ServiceOption,
  config: Config,
  run: (service: Service, definition: ServiceDefinition) => Promise<void>,
): Promise<void> => {
  const { createService } = await import('#platform');
  const definition = await definitionOf(name, config);
  const service = await createService(
    definition,
    { ...config, logLevel: 'error' },
    { reads: false },
  );
  try {
    await run(service, definition);
  } finally {
    await service.close();
  }
};

/** The option that says which service a command is about. */
export const serviceOption = (): Option =>
  new Option('--service <name>', 'whose database DATABASE_URL is')
    .choices(SERVICES)
    .default('ledger');
