import { type Clock, type DomainEvent, newId } from '#kernel';
import { facts, type Message } from '#contracts';
import type { Vault } from '#vault';
import { Journal, type NewFact } from './journal.js';
import type { Appended, Log, NewEntry } from './log.js';

/** Binds a sealed part to its entry: additional data of the ciphertext. */
const contextOf = ({ id, kind }: { readonly id: string; readonly kind: string }): string =>
  `${id}|${kind}`;

/** The journal over the log and the vault. */
export class SealingJournal extends Journal {
  readonly #log: Log;
  readonly #vault: Vault;
  readonly #clock: Clock;

  constructor(log: Log, vault: Vault, clock: Clock) {
    super();
    this.#log = log;
    this.#vault = vault;
    this.#clock = clock;
  }

  async append(newFacts: readonly NewFact[]): Promise<readonly Appended[]> {
    const now = this.#clock.now();
    const identified = newFacts.map((fact) => ({ fact: checked(fact), id: newId('evt') }));
    const secrets = identified.flatMap(({ id, fact: { kind, alias, personal } }) =>
      alias === undefined || personal === undefined
        ? []
        : [{ id, alias, context: contextOf({ id, kind }), plaintext: personal }],
    );
    const sealed = secrets.length === 0 ? [] : await this.#vault.seal(secrets);
    const sealedOf = new Map(secrets.map(({ id }, n) => [id, sealed[n]]));
    return this.#log.append(
      identified.map(({ fact, id }): NewEntry => {
        const { personal: _personal, time = now, ...plain } = fact;
        const bytes = sealedOf.get(id);
        return { ...plain, id, time, ...(bytes ? { sealed: bytes } : {}) };
      }),
    );
  }

  async history(stream: string): Promise<readonly (DomainEvent & { readonly id: string })[]> {
    const messages = await this.#log.readStream(stream);
    const opened = await this.open(messages);
    return messages.map(({ id, kind, data }, n) => {
      const personal = opened[n];
      return { id, kind, data, ...(personal ? { personal } : {}) };
    });
  }

  async open(messages: readonly Message[]): Promise<readonly (object | undefined)[]> {
    const items = messages.flatMap(({ id, kind, alias, sealed }, n) =>
      alias !== undefined && sealed ? [{ n, alias, sealed, context: contextOf({ id, kind }) }] : [],
    );
    const all: (object | undefined)[] = messages.map(() => undefined);
    if (items.length === 0) return all;
    const opened = await this.#vault.open(items);
    for (const [k, { n }] of items.entries()) all[n] = opened[k];
    return all;
  }
}

/**
 * A fact that is not as its kind's schema says is a bug of ours: it throws before it is stored,
 * also when the personal part that its kind asks for is not there.
 */
const checked = (fact: NewFact): NewFact => {
  const { data, personal } = facts[fact.kind];
  data.parse(fact.data);
  personal.parse(fact.personal ?? {});
  if (fact.personal !== undefined && fact.alias === undefined)
    throw new TypeError(`${fact.kind} has a personal part and no alias`);
  return fact;
};
