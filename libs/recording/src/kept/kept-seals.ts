import { Inject, Injectable } from '@nestjs/common';
import { DomainError, UnavailableError } from '#kernel';
import { Vault } from '#vault';
import { SealedStatements } from '../xapi/store/sealed-statements.js';
import type { Named } from './named.js';

/** Something that is kept for a while, and the learners whom it names: at least one. */
export interface ToKeep {
  /** Tells it from all others: it is bound to what is sealed. */
  readonly place: string;
  readonly named: readonly Named[];
  readonly text: string;
}

/** The same, sealed. */
export interface Kept {
  /** Aliases of everybody whom it names: all of their keys are needed to open it. */
  readonly people: readonly string[];
  readonly wrappedKey: Uint8Array;
  readonly content: Uint8Array;
}

/**
 * Seals what is kept for a while so that it dies with the keys of those whom it names, as statements
 * do: whoever is erased takes it along, from backups too, and nobody has to look for it.
 */
@Injectable()
export class KeptSeals {
  constructor(
    @Inject(Vault) private readonly vault: Vault,
    private readonly seals: SealedStatements,
  ) {}

  /**
   * Out: each sealed, in order; undefined for what names somebody who was erased, which is not to
   * be kept. Throws UnavailableError when the vault is away.
   */
  async seal(items: readonly ToKeep[]): Promise<readonly (Kept | undefined)[]> {
    if (items.length === 0) return [];
    const people = await this.#peopleOf(items);
    const aliases = [...new Set(people.flat())];
    const areErased = await this.vault.areErased(aliases);
    const erased = new Set(aliases.filter((_, n) => areErased[n]));
    const living = items.map((_, n) => !people[n]?.some((alias) => erased.has(alias)));
    const sealed = (
      await this.#sealed(
        items.flatMap(({ place, text }, n) =>
          living[n] ? [{ id: place, people: people[n] ?? [], content: text, attachments: [] }] : [],
        ),
      )
    ).values();
    return items.map((_, n) => (living[n] ? sealed.next().value : undefined));
  }

  /** What each says, in order; undefined where somebody whom it names was erased. */
  async open(
    items: readonly (Kept & Pick<ToKeep, 'place'>)[],
  ): Promise<readonly (string | undefined)[]> {
    if (items.length === 0) return [];
    const keys = await this.seals.keys(items.map(({ place, ...kept }) => ({ id: place, ...kept })));
    return items.map(({ place, content }, n) => {
      const key = keys[n];
      return key && this.seals.content(key, place, content);
    });
  }

  /**
   * Aliases of everybody in each of them. Each person gets one who has none; in the other ways in
   * which they may be written they have those only that are there.
   */
  async #peopleOf(items: readonly ToKeep[]): Promise<readonly (readonly string[])[]> {
    const all = items.flatMap(({ named }) => named);
    // An alias is taken as it is, whoever got it from us: what names it dies with it.
    const byName = all.filter(({ identity }) => !('alias' in identity));
    const others = all.flatMap(({ provider, at, others: identities }) =>
      identities.map((identity) => ({ provider, identity, at })),
    );
    const made = (
      await this.vault.aliasesFor(
        byName.map(({ provider, identity, at }) => ({ provider, identity, at })),
      )
    ).values();
    const known = (await this.vault.knownAliases(others)).values();
    return items.map(({ named }) => [
      ...new Set(
        named.flatMap(({ identity, others: { length } }) => [
          'alias' in identity ? identity.alias : (made.next().value ?? ''),
          ...Array.from({ length }, () => known.next().value).filter(
            (alias) => alias !== undefined,
          ),
        ]),
      ),
    ]);
  }

  /** A key that was destroyed a moment ago: asked again, it is known to be. */
  async #sealed(items: Parameters<SealedStatements['seal']>[0]): Promise<readonly Kept[]> {
    try {
      return await this.seals.seal(items);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'event-erased')
        throw new UnavailableError('the vault', error);
      throw error;
    }
  }
}
