import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '#kernel';
import { Vault } from '#vault';

/** Everybody who is one person, the one they go by first. */
export type Persons = readonly [string, ...string[]];

/** Who is one with whom. */
@Injectable()
export class People {
  constructor(@Inject(Vault) private readonly vault: Vault) {}

  /** Throws `not-found` for whom was erased, or never was. */
  async living(person: string): Promise<Persons> {
    if ((await this.vault.aliasesOf(person)).length === 0) throw new DomainError('not-found');
    return this.oneWith(person);
  }

  async oneWith(person: string): Promise<Persons> {
    const [first = person, ...others] = await this.vault.samePerson(person);
    return [first, ...others];
  }
}
