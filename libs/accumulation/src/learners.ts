import { Injectable } from '@nestjs/common';
import type { Fact, Message } from '#contracts';
import { withoutErased } from '#log';
import { Vault } from '#vault';

/** A person, or an alias that nobody has claimed yet. */
export interface Learner {
  readonly key: string;
  readonly aliases: readonly string[];
}

/** Who is behind an alias, as the vault knows it now. */
@Injectable()
export class Learners {
  constructor(private readonly vault: Vault) {}

  /** The learner of each alias, each learner once. */
  async of(aliases: readonly string[]): Promise<readonly Learner[]> {
    const asked = [...new Set(aliases)].toSorted();
    const persons = await this.vault.personsOf(asked);
    const unclaimed = asked.filter((_, n) => persons[n] === undefined);
    const claimed = [...new Set(persons.filter((person) => person !== undefined))];
    const sets = await Promise.all(claimed.map((person) => this.vault.aliasesOf(person)));
    return [
      ...unclaimed.map((alias) => ({ key: alias, aliases: [alias] })),
      ...claimed.map((key, n) => ({ key, aliases: sets[n] ?? [] })),
    ];
  }

  /**
   * Carries out what was decided about aliases, should who decided it not have come to it: what
   * follows is judged by who owns what now.
   */
  async follow(links: readonly Message[]): Promise<void> {
    for (const { kind, data, version = 1 } of links) {
      const { person, alias } = data as Fact<'alias-released'>['data'];
      if (kind === 'alias-claimed') await this.vault.link(person, alias, version);
      else await this.vault.unlink(alias, version);
    }
  }

  /** The same, for people who signed up more than once. */
  async followMerges(decisions: readonly Message[]): Promise<void> {
    for (const { kind, data, version = 1 } of decisions) {
      const { person, merged } = data as Fact<'people-split'>['data'];
      if (kind === 'people-merged') await this.vault.merge(merged, person, version);
      else await this.vault.split(merged, version);
    }
  }

  aliasesOf(person: string): Promise<readonly string[]> {
    return this.vault.aliasesOf(person);
  }

  withoutErased(batch: readonly Message[]): Promise<readonly Message[]> {
    return withoutErased(this.vault, batch);
  }

  /** A value that only alias and content lead to, and that dies with the alias' key. */
  async fingerprints(
    aliases: readonly string[],
    content: string,
  ): Promise<readonly (Uint8Array | undefined)[]> {
    return this.vault.contentMacs(aliases.map((alias) => ({ alias, content })));
  }
}
