import type { LearnerIdentity } from '#contracts';

/** A learner as one provider knows them. */
export interface ScopedIdentity {
  /** Id of the client that names the learner: accounts of two providers never collide. */
  readonly provider: string;
  readonly identity: LearnerIdentity;
  /**
   * When it was theirs (milliseconds since 1970): an account name may have been given to another
   * person since. Absent: whose it is now.
   */
  readonly at?: number | undefined;
}

/** An account name that is another person's from a moment on. */
export interface Handover {
  /** Whose it was until then. */
  readonly alias: string;
  /** A new alias, of whoever has the name from then on. */
  readonly next: string;
  /** Milliseconds since 1970. */
  readonly from: number;
}

/** Something to seal or to open. `context` is bound to the ciphertext as additional data. */
export interface Sealable {
  readonly alias: string;
  /** Usually `${entry id}|${kind}`: a ciphertext moved to another entry does not open. */
  readonly context: string;
}

export interface StoredProfile {
  readonly givenName: string;
  readonly familyName: string;
  readonly birthDate?: string | undefined;
}

/**
 * Keys, names and aliases; the one synchronous dependency of everything else. A person is a set of
 * aliases. Each alias has a data key of its own; destroying it erases what was sealed under it from
 * the log, Kafka, backups and every rebuild. Every method throws UnavailableError if it is away.
 */
export abstract class Vault {
  /**
   * The alias of each identity, in the order given; first sight makes one with a key.
   * Throws DomainError `alias-unknown` for an `{ alias }` that this provider did not get from us.
   */
  abstract aliasesFor(identities: readonly ScopedIdentity[]): Promise<readonly string[]>;

  /**
   * The alias of an identity as `aliasesFor` has it, undefined where none was made yet: this makes
   * none. For whoever asks in the name of somebody else than the provider.
   */
  abstract knownAlias(identity: ScopedIdentity): Promise<string | undefined>;

  /** A new person with a home alias, under which what is theirs alone is sealed. */
  abstract createPerson(person: string): Promise<{ readonly homeAlias: string }>;

  /**
   * Files what the account of an alias does from a moment on under another alias. Repeating it
   * changes nothing, nor does it where the account is not known any longer. A process that has
   * just used the account may be KEY_CACHE_MS late to notice.
   */
  abstract handOver(handover: Handover): Promise<void>;

  /**
   * All aliases of a person, the home alias first; empty if unknown or erased. Whoever was merged
   * with others has all of theirs, too: the first is the home alias of the person they go by.
   */
  abstract aliasesOf(person: string): Promise<readonly string[]>;

  /**
   * The person of each alias, or undefined while it is unclaimed (or erased). Of people who were
   * merged, the one they go by.
   */
  abstract personsOf(aliases: readonly string[]): Promise<readonly (string | undefined)[]>;

  /** Who knows these aliases, each once: ids of clients. Also of those whose keys were destroyed. */
  abstract providersOf(aliases: readonly string[]): Promise<readonly string[]>;

  /**
   * Makes an alias one of the person's, or nobody's. `version` is the place of that decision in the
   * alias' stream: one that is not later than what is known changes nothing, so that decisions may
   * be carried out by whoever hears of them, in any order and again. A home alias stays.
   */
  abstract link(person: string, alias: string, version: number): Promise<void>;
  abstract unlink(alias: string, version: number): Promise<void>;

  /**
   * Makes a person one with another, whom they go by from then on, or parts them again. Nothing is
   * moved: each keeps what is theirs. `version` is the place of the decision in the stream about
   * the merged person; an older one changes nothing.
   */
  abstract merge(person: string, into: string, version: number): Promise<void>;
  abstract split(person: string, version: number): Promise<void>;

  /** Everybody who is one with this person, the one they go by first; empty if unknown. */
  abstract samePerson(person: string): Promise<readonly string[]>;

  /**
   * Seals each plaintext (AES-256-GCM) under its alias' key.
   * Throws DomainError `event-erased` if a key has been destroyed.
   */
  abstract seal(
    items: readonly (Sealable & { readonly plaintext: object })[],
  ): Promise<readonly Uint8Array[]>;

  /** Opens each, in order; undefined where the key was destroyed: treat it as never there. */
  abstract open(
    items: readonly (Sealable & { readonly sealed: Uint8Array })[],
  ): Promise<readonly (object | undefined)[]>;

  /**
   * HMAC-SHA-256 of content under a key that dies with the alias; undefined if it has died.
   * Tells whether a repeated event says the same, without a hash that could be guessed.
   */
  abstract contentMacs(
    items: readonly { readonly alias: string; readonly content: string }[],
  ): Promise<readonly (Uint8Array | undefined)[]>;

  /** Whether the key of each alias was destroyed, in order. */
  abstract areErased(aliases: readonly string[]): Promise<readonly boolean[]>;

  /** The name of a person; of people who were merged, of the one they go by. */
  abstract putProfile(person: string, profile: StoredProfile): Promise<void>;
  abstract profile(person: string): Promise<StoredProfile | undefined>;

  /**
   * Destroys all keys, names and account links of a person, not of whom they are one with. Final.
   * Repeating it changes nothing.
   */
  abstract destroy(person: string): Promise<void>;
}
