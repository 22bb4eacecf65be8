import { z } from 'zod';
import { DomainError, UnavailableError } from '#kernel';
import type { Handover, ScopedIdentity, StoredProfile } from './vault.js';
import type { StoredKey, VaultStore } from './vault-store.js';

const TIMEOUT_MS = 5_000;
/** Of identities or aliases in one call: the longest there are fit into a body that it takes. */
const CALL_MAX = 300;
const Answer = z.object({ result: z.unknown() });
const Refusal = z.object({ code: z.string(), detail: z.string().optional() });
const Text = z.string();
const MaybeText = z.string().nullable();
const Texts = z.array(z.string());
const MaybeTexts = z.array(z.string().nullable());
const MaybeKeys = z.array(
  z
    .object({ key: z.string(), from: z.number().optional(), until: z.number().optional() })
    .nullable(),
);
const MaybeProfile = z
  .object({ givenName: z.string(), familyName: z.string(), birthDate: z.string().optional() })
  .nullable();

/** The vault in another process. Both sides share one token; the way between them is private. */
export class HttpVaultStore implements VaultStore {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  aliasesFor(identities: readonly ScopedIdentity[]): Promise<readonly string[]> {
    return inCalls(identities, (some) => this.#call('aliasesFor', [some], Texts));
  }

  async knownAlias(identity: ScopedIdentity): Promise<string | undefined> {
    return (await this.#call('knownAlias', [identity], MaybeText)) ?? undefined;
  }

  async handOver(handover: Handover): Promise<void> {
    await this.#call('handOver', [handover], z.unknown());
  }

  createPerson(person: string): Promise<string> {
    return this.#call('createPerson', [person], Text);
  }

  aliasesOf(person: string): Promise<readonly string[]> {
    return this.#call('aliasesOf', [person], Texts);
  }

  async personsOf(aliases: readonly string[]): Promise<readonly (string | undefined)[]> {
    const persons = await this.#call('personsOf', [aliases], MaybeTexts);
    return persons.map((person) => person ?? undefined);
  }

  providersOf(aliases: readonly string[]): Promise<readonly string[]> {
    return this.#call('providersOf', [aliases], Texts);
  }

  async link(person: string, alias: string, version: number): Promise<void> {
    await this.#call('link', [person, alias, version], z.unknown());
  }

  async unlink(alias: string, version: number): Promise<void> {
    await this.#call('unlink', [alias, version], z.unknown());
  }

  async merge(person: string, into: string, version: number): Promise<void> {
    await this.#call('merge', [person, into, version], z.unknown());
  }

  async split(person: string, version: number): Promise<void> {
    await this.#call('split', [person, version], z.unknown());
  }

  samePerson(person: string): Promise<readonly string[]> {
    return this.#call('samePerson', [person], Texts);
  }

  async dataKeys(aliases: readonly string[]): Promise<readonly (StoredKey | undefined)[]> {
    const keys = await inCalls(aliases, (some) => this.#call('dataKeys', [some], MaybeKeys));
    return keys.map((one) => {
      if (one === null) return undefined;
      const { key, from, until } = one;
      return { bytes: Buffer.from(key, 'base64url'), from, until };
    });
  }

  async putProfile(person: string, profile: StoredProfile): Promise<void> {
    await this.#call('putProfile', [person, profile], z.unknown());
  }

  async profile(person: string): Promise<StoredProfile | undefined> {
    return (await this.#call('profile', [person], MaybeProfile)) ?? undefined;
  }

  destroy(person: string): Promise<readonly string[]> {
    return this.#call('destroy', [person], Texts);
  }

  async #call<T>(method: string, parameters: readonly unknown[], schema: z.ZodType<T>): Promise<T> {
    let response: Response;
    try {
      response = await fetch(`${this.#url}/vault/${method}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
        body: JSON.stringify(parameters),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (error) {
      throw new UnavailableError('the vault', error);
    }
    if (response.ok) return schema.parse(Answer.parse(await response.json()).result);
    if (response.status >= 500) throw new UnavailableError('the vault');
    const { code, detail } = Refusal.parse(await response.json());
    throw new DomainError(code, detail);
  }
}

/** The answers to all of them, in order, asked for one call after the other. */
const inCalls = async <A, B>(
  all: readonly A[],
  ask: (some: readonly A[]) => Promise<readonly B[]>,
): Promise<readonly B[]> => {
  if (all.length <= CALL_MAX) return ask(all);
  const answers: B[] = [];
  for (let n = 0; n < all.length; n += CALL_MAX)
    answers.push(...(await ask(all.slice(n, n + CALL_MAX))));
  return answers;
};
