import { Inject, Injectable } from '@nestjs/common';
import { Hmac } from '#merkle';
import { KeyRing, Vault } from '#vault';
import type { Parts } from './parts.js';

/**
 * A statement is sealed, so it is found by tokens: 64 bits of an HMAC of what a filter may ask for.
 * Those of agents are made with the key of their alias and die with it.
 */
export type Token = bigint;

/** The parts of a statement, with the agents as the vault knows them. */
export interface AliasedParts extends Omit<Parts, 'agents' | 'relatedAgents'> {
  readonly agents: readonly string[];
  readonly relatedAgents: readonly string[];
}

const AGENT = 'xapi-agent';
const RELATED_AGENT = 'xapi-related-agent';
type Kind = 'definition' | 'verb' | 'activity' | 'related-activity' | 'registration';

@Injectable()
export class StatementTokens {
  readonly #hmac: Hmac;

  constructor(
    @Inject(KeyRing) keyRing: KeyRing,
    @Inject(Vault) private readonly vault: Vault,
  ) {
    this.#hmac = new Hmac(keyRing.secret('xapi-index'));
  }

  /** For what is no person. A client's tokens are its own. */
  of(client: string, kind: Kind, value: string): Token {
    return tokenOf(this.#hmac.of(JSON.stringify([client, kind, value])));
  }

  /**
   * Tokens of an agent: as actor or object, and as anybody else in a statement. Empty if the key
   * of the alias was destroyed: then nothing can be found.
   */
  async ofAgent(alias: string, isRelated: boolean): Promise<readonly Token[]> {
    const contents = isRelated ? [AGENT, RELATED_AGENT] : [AGENT];
    const macs = await this.vault.contentMacs(contents.map((content) => ({ alias, content })));
    return macs.flatMap((mac) => (mac ? [tokenOf(mac)] : []));
  }

  /** All tokens of each statement of a client, each once. */
  async ofStatements(
    client: string,
    statements: readonly AliasedParts[],
  ): Promise<readonly (readonly Token[])[]> {
    const asked = statements.flatMap(({ agents, relatedAgents }, n) => [
      ...agents.map((alias) => ({ n, alias, content: AGENT })),
      ...relatedAgents.map((alias) => ({ n, alias, content: RELATED_AGENT })),
    ]);
    const macs = await this.vault.contentMacs(asked);
    const tokens = statements.map((parts) => new Set(this.#impersonal(client, parts)));
    asked.forEach(({ n }, k) => {
      const mac = macs[k];
      if (mac) tokens[n]?.add(tokenOf(mac));
    });
    return tokens.map((set) => [...set]);
  }

  #impersonal(client: string, parts: AliasedParts): readonly Token[] {
    const { verb, activities, relatedActivities, registration } = parts;
    return [
      this.of(client, 'verb', verb),
      ...activities.map((id) => this.of(client, 'activity', id)),
      ...relatedActivities.map((id) => this.of(client, 'related-activity', id)),
      ...(registration === undefined ? [] : [this.of(client, 'registration', registration)]),
    ];
  }
}

const tokenOf = (mac: Uint8Array): Token =>
  Buffer.from(mac.buffer, mac.byteOffset, mac.length).readBigInt64BE(0);
