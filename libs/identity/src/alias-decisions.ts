import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Clock } from '#kernel';
import { type Decided, Journal } from '#log';
import { Vault } from '#vault';
import { Claims } from './claims.js';
import { ToAlias } from './commands.js';
import type { AliasCommand, AliasEvent } from './domain/alias.js';
import type { Persons } from './people.js';

/**
 * Decisions about aliases. Each is stated first and carried out after: a crash in between leaves a
 * fact that the projection carries out, never a link that nothing states.
 */
@Injectable()
export class AliasDecisions {
  constructor(
    private readonly commands: CommandBus,
    private readonly claims: Claims,
    @Inject(Journal) private readonly journal: Journal,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** States a decision and carries it out. Throws as aliasDecider does. */
  async decide(
    alias: string,
    provider: string | undefined,
    command: AliasCommand,
  ): Promise<Decided> {
    const decided: Decided = await this.commands.execute(
      new ToAlias({ id: alias, alias, provider, command }),
    );
    const now = this.clock.now().toISOString();
    for (const event of decided.events as readonly AliasEvent[])
      if (event.kind === 'alias-claimed')
        await this.claims.claimed(event.data, decided.version, now);
      else if (event.kind === 'alias-released')
        await this.claims.released(event.data, decided.version, now);
      else if (event.kind === 'account-taken-back')
        await this.claims.takenBack(event.data, decided.version);
    return decided;
  }

  /**
   * The account becomes one of whoever claims it, unless it is another's (`account-claimed`). `by` the
   * learner alone, it is not if its provider has taken it back (`account-not-restorable`).
   */
  async claim(
    persons: Persons,
    alias: string,
    provider: string,
    by: 'provider' | 'learner' = 'provider',
  ): Promise<void> {
    const command = { type: 'claim', persons, alias, provider, by } as const;
    const { events, version } = await this.decide(alias, provider, command);
    if (events.length > 0) return;
    // Also where it was claimed before: a request that died may not have carried it out.
    const person = await this.#personOf(alias);
    if (person !== undefined)
      await this.claims.claimed(
        { person, alias, provider },
        version,
        this.clock.now().toISOString(),
      );
  }

  /** Gives the account's name to another person. Out: whether that was news. */
  async handOver(
    alias: string,
    to: { readonly next: string; readonly provider: string; readonly from: string },
  ): Promise<boolean> {
    const { events } = await this.decide(alias, to.provider, { type: 'hand-over', alias, ...to });
    const history = (await this.journal.history(`alias-${alias}`)) as unknown as AliasEvent[];
    for (const { kind, data } of history)
      if (kind === 'account-handed-over')
        await this.vault.handOver({ alias, next: data.next, from: Date.parse(data.from) });
    return events.length > 0;
  }

  /** Who claimed it last, by its stream. */
  async #personOf(alias: string): Promise<string | undefined> {
    const history = (await this.journal.history(`alias-${alias}`)) as unknown as AliasEvent[];
    const last = history.findLast(({ kind }) => kind !== 'account-handed-over');
    return last?.kind === 'alias-claimed' ? last.data.person : undefined;
  }
}
