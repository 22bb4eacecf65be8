import { z } from 'zod';
import { AchievementDefinition, Credit } from './achievement.js';
import { Client } from './client.js';
import type { EntryKind } from './topics.js';
import { VoidReason } from './learning-event.js';

/**
 * What each kind of entry says: `data` is readable by all consumers and holds nothing personal;
 * `personal` is sealed under the key of the entry's alias. Add optional fields; never change one.
 */
const nothing = z.strictObject({});
const Time = z.iso.datetime({ offset: true });
const Alias = z.string().regex(/^urn:lrn:[a-z2-7]{32,64}$/u);
const Json = z.record(z.string(), z.unknown());

export const Criterion = z.enum(['level', 'workload', 'quality', 'profile', 'learningOutcomes']);
export type Criterion = z.infer<typeof Criterion>;
export const CRITERIA = Criterion.options;

/** One of the five elements of the Lisbon Recognition Convention, compared. */
export const Finding = z.strictObject({
  finding: z.enum(['equivalent', 'difference', 'substantial-difference']),
  /** What was compared and found. */
  statement: z.string().trim().max(2000).default(''),
  /** For a substantial difference: what shows it. */
  evidence: z.string().trim().max(2000).default(''),
  /** For a substantial difference: why it matters for the purpose. */
  relevance: z.string().trim().max(2000).default(''),
});
export type Finding = z.infer<typeof Finding>;
export const Findings = z.partialRecord(Criterion, Finding);
export type Findings = z.infer<typeof Findings>;
export const Outcome = z.enum(['Positive', 'Partially Positive', 'Negative']);
export type Outcome = z.infer<typeof Outcome>;

export const facts = {
  'learning-event': {
    /**
     * `eventSource` and `eventId` are the provider's; the sealed part is LearningEventData.
     * `revision` is the provider's count, where it sent one; `supersedes` is what it corrects.
     */
    data: z.strictObject({
      eventSource: z.string(),
      eventId: z.string(),
      revision: z.int().positive().optional(),
      supersedes: z.strictObject({ source: z.string(), id: z.string() }).optional(),
    }),
    personal: Json,
  },
  'learning-event-voided': {
    data: z.strictObject({
      eventSource: z.string(),
      eventId: z.string(),
      target: z.strictObject({ source: z.string(), id: z.string() }),
      reason: VoidReason,
    }),
    personal: nothing,
  },
  'client-registered': {
    /** The Basic key for /xapi is 256 random bits, so its plain SHA-256 (hex) cannot be guessed. */
    data: z.strictObject({ client: Client, basicKeySha256: z.string(), secretSha256: z.string() }),
    personal: nothing,
  },
  'corrector-named': {
    /** `corrector` may correct and void for `provider`: what came from these of its sources. */
    data: z.strictObject({
      provider: z.string(),
      corrector: z.string(),
      sources: z.array(z.string()).min(1),
    }),
    personal: nothing,
  },
  'corrector-dismissed': {
    data: z.strictObject({ provider: z.string(), corrector: z.string() }),
    personal: nothing,
  },
  'alias-claimed': {
    data: z.strictObject({ person: z.string(), alias: Alias, provider: z.string() }),
    personal: nothing,
  },
  'alias-released': {
    data: z.strictObject({
      person: z.string(),
      alias: Alias,
      /** The learner gave it up, or its provider took it back from the wrong person. */
      by: z.enum(['learner', 'provider']).optional(),
      releasedAt: Time.optional(),
    }),
    personal: nothing,
  },
  'account-taken-back': {
    /** Its provider took it back while nobody had it: only the provider's word gives it to somebody. */
    data: z.strictObject({ alias: Alias, takenBackAt: Time }),
    personal: nothing,
  },
  'account-handed-over': {
    /** From then on the account of `alias` is another person's, filed under `next`. */
    data: z.strictObject({ alias: Alias, next: Alias, provider: z.string(), from: Time }),
    personal: nothing,
  },
  'people-merged': {
    /** They are one: `merged` goes by `person`. The entry is filed under the home alias of `merged`. */
    data: z.strictObject({ person: z.string(), merged: z.string(), mergedAt: Time }),
    personal: nothing,
  },
  'people-split': {
    data: z.strictObject({ person: z.string(), merged: z.string(), splitAt: Time }),
    personal: nothing,
  },
  'learner-erased': {
    data: z.strictObject({ person: z.string(), aliases: z.array(Alias) }),
    personal: nothing,
  },
  'achievement-defined': {
    data: z.strictObject({
      provider: z.string(),
      version: z.int().positive(),
      definition: AchievementDefinition,
    }),
    personal: nothing,
  },
  'achievement-earned': {
    data: z.strictObject({ earnedId: z.string() }),
    personal: z.strictObject({
      /** The definition as it was when it was earned, so that the credential says the same. */
      definition: AchievementDefinition,
      version: z.int().positive(),
      provider: z.string(),
      earnedAt: Time,
      /** Ids (`evt_…`) of the entries that earned it. */
      evidence: z.array(z.string()),
      /** The last release of the alias when it was stated (version of its stream); else absent. */
      afterRelease: z.int().positive().optional(),
    }),
  },
  'achievement-withdrawn': {
    data: z.strictObject({
      earnedId: z.string(),
      reason: z.enum(['no-longer-earned', 'account-released', 'held-already']),
    }),
    personal: nothing,
  },
  'issuer-key-created': {
    data: z.strictObject({
      issuer: z.string(),
      did: z.string(),
      keyId: z.string(),
      publicKeyMultibase: z.string(),
    }),
    personal: nothing,
  },
  'credential-issued': {
    data: z.strictObject({
      credentialId: z.string(),
      issuer: z.string(),
      statusListId: z.string(),
      statusListIndex: z.int().nonnegative(),
      /** SHA-256 (hex) of the signed credential in JCS; its proof makes it unguessable. */
      digest: z.string(),
      purpose: z.enum(['achievement', 'recognition']),
      /** The entry this certifies: `earnedId` or `caseId`. */
      basis: z.string(),
    }),
    personal: z.strictObject({
      credential: Json,
      /** What accumulation posts to the learner's account. */
      credit: Credit.optional(),
    }),
  },
  'credential-revoked': {
    data: z.strictObject({
      credentialId: z.string(),
      issuer: z.string(),
      statusListId: z.string(),
      statusListIndex: z.int().nonnegative(),
      reason: z.string(),
      revokedAt: Time,
    }),
    personal: nothing,
  },
  'share-created': {
    data: z.strictObject({ shareId: z.string(), until: Time }),
    personal: z.strictObject({ credentialIds: z.array(z.string()).min(1).max(50) }),
  },
  'share-stopped': {
    data: z.strictObject({ shareId: z.string(), stoppedAt: Time }),
    personal: nothing,
  },
  'recognition-requested': {
    data: z.strictObject({ caseId: z.string(), institution: z.string() }),
    personal: z.strictObject({
      credentialIds: z.array(z.string()).min(1).max(50),
      purpose: z.string(),
      requestedAt: Time,
    }),
  },
  'recognition-decided': {
    data: z.strictObject({ caseId: z.string(), institution: z.string(), officer: z.string() }),
    personal: z.strictObject({
      outcome: Outcome,
      findings: z.record(Criterion, Finding),
      reasons: z.string(),
      credit: Credit.optional(),
      credentialIds: z.array(z.string()),
      purpose: z.string(),
      /** Names of what was recognised, for the decision's credential. */
      titles: z.array(z.string()),
      decidedAt: Time,
    }),
  },
  'credit-posted': {
    data: z.strictObject({ postingId: z.string(), cause: z.string() }),
    personal: z.strictObject({
      kind: z.enum(['earned', 'recognised']),
      credit: Credit,
      institution: z.string(),
      title: z.string(),
      /** Credentials on which the credit rests: revoking one reverses the posting. */
      basis: z.array(z.string()),
    }),
  },
  'credit-reversed': {
    data: z.strictObject({ postingId: z.string(), reverses: z.string(), cause: z.string() }),
    personal: nothing,
  },
} as const satisfies Record<EntryKind, { data: z.ZodType; personal: z.ZodType }>;

/** Facts of a kind, typed: `Fact<'credential-issued'>['personal']`. */
export interface Fact<Kind extends EntryKind> {
  readonly kind: Kind;
  readonly data: z.infer<(typeof facts)[Kind]['data']>;
  readonly personal: z.infer<(typeof facts)[Kind]['personal']>;
}
