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
    const entries = newFacts.map((fact) => ({ id: newId('evt'), ...checked(fact) }));
    const personal = entries.filter(({ personal }) => personal !== undefined);
    const sealed = await this.#vault.seal(
      personal.map((entry) => ({
        alias: entry.alias ?? '',
        context: contextOf(entry),
        plaintext: entry.personal ?? {},
      })),
    );
    return this.#log.append(
      entries.map(({ personal: _personal, time, ...entry }): NewEntry => {
        const n = personal.findIndex(({ id }) => id === entry.id);
        const bytes = sealed[n];
        return { ...entry, time: time ?? this.#clock.now(), ...(bytes ? { sealed: bytes } : {}) };
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
    const sealed = messages.flatMap((message, n) =>
      message.alias !== undefined && message.sealed ? [{ message, n }] : [],
    );
    const opened = await this.#vault.open(
      sealed.map(({ message }) => ({
        alias: message.alias ?? '',
        context: contextOf(message),
        sealed: message.sealed ?? new Uint8Array(),
      })),
    );
    const all: (object | undefined)[] = messages.map(() => undefined);
    sealed.forEach(({ n }, k) => {
      all[n] = opened[k];
    });
    return all;
  }
}

/** A fact that is not as its kind's schema says is a bug of ours: it throws before it is stored. */
const checked = (fact: NewFact): NewFact => {
  const { data, personal } = facts[fact.kind];
  data.parse(fact.data);
  if (fact.personal === undefined) return fact;
  if (fact.alias === undefined) throw new Error(`${fact.kind} has a personal part and no alias`);
  personal.parse(fact.personal);
  return fact;
};
