import { type Decider, type DomainEvent, DomainError } from '#kernel';
import { type Client, correctedBy, type Fact } from '#contracts';

export type ClientEvent = DomainEvent<
  'client-registered',
  Fact<'client-registered'>['data'],
  undefined
>;

export interface RegisterClient {
  readonly client: Client;
  readonly basicKeySha256: string;
  readonly secretSha256: string;
}

export interface ClientState {
  readonly registered: boolean;
}

const RESERVED = 'self';

/** A provider or institution. Errors: `client-exists`; `invalid-input` for a source of another. */
export const clientDecider: Decider<ClientState, RegisterClient, ClientEvent> = {
  initial: { registered: false },
  evolve: () => ({ registered: true }),
  decide(command, { registered }) {
    // Self-reports are filed under this name.
    if (registered || command.client.id === RESERVED) throw new DomainError('client-exists');
    const own = `urn:llcl:${command.client.id}:`;
    const foreign = command.client.sources.flatMap((source, n) =>
      source.startsWith(own)
        ? correctedBy(source)
          ? [{ pointer: `#/sources/${n}`, detail: `${own}for. is for correcting.` }]
          : []
        : [{ pointer: `#/sources/${n}`, detail: `A source of this client starts with ${own}` }],
    );
    if (foreign.length > 0) throw new DomainError('invalid-input', undefined, foreign);
    return [{ kind: 'client-registered', data: { ...command } }];
  },
};
