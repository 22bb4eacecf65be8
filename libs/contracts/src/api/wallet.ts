import { z } from 'zod';
import { Credit } from '../achievement.js';

const Time = z.iso.datetime({ offset: true });
export const Party = z.object({ id: z.string(), name: z.string() });

/** One line of a learner's timeline (GET /v1/me/timeline, newest first). */
export const TimelineItem = z
  .object({
    id: z.string(),
    time: Time,
    title: z.string(),
    verb: z.string(),
    provider: Party,
    learningContext: z.string(),
    assurance: z.string(),
    hours: z.number().optional(),
    scorePercent: z.number().optional(),
    voided: z.boolean(),
    /** The provider has corrected it: what corrects it counts. */
    superseded: z.boolean(),
  })
  .meta({ id: 'TimelineItem' });
export type TimelineItem = z.infer<typeof TimelineItem>;
export const Timeline = z
  .object({ data: z.array(TimelineItem), nextCursor: z.string().nullable() })
  .meta({ id: 'Timeline' });
export type Timeline = z.infer<typeof Timeline>;

export const WalletCredential = z
  .object({
    id: z.string(),
    title: z.string(),
    issuer: Party,
    purpose: z.enum(['achievement', 'recognition']),
    issuedAt: Time,
    validUntil: Time.optional(),
    state: z.enum(['valid', 'withdrawn', 'expired']),
    withdrawnAt: Time.optional(),
    withdrawnReason: z.string().optional(),
    credit: Credit.optional(),
    eqfLevel: z.int().optional(),
  })
  .meta({ id: 'WalletCredential' });
export type WalletCredential = z.infer<typeof WalletCredential>;
export const WalletCredentials = z
  .object({ data: z.array(WalletCredential) })
  .meta({ id: 'WalletCredentials' });
export type WalletCredentials = z.infer<typeof WalletCredentials>;

export const Posting = z
  .object({
    id: z.string(),
    time: Time,
    kind: z.enum(['earned', 'recognised', 'reversed']),
    /** Negative for a reversal. */
    credit: z.object({ system: z.string(), value: z.number() }),
    title: z.string(),
    institution: Party,
    reverses: z.string().optional(),
  })
  .meta({ id: 'Posting' });
export type Posting = z.infer<typeof Posting>;
/** GET /v1/me/credits: a balance per institution and system is the sum of its postings. */
export const CreditAccount = z
  .object({
    balances: z.array(z.object({ institution: Party, system: z.string(), value: z.number() })),
    postings: z.array(Posting),
  })
  .meta({ id: 'CreditAccount' });
export type CreditAccount = z.infer<typeof CreditAccount>;

export const ShareRequest = z
  .strictObject({ credentialIds: z.array(z.string()).min(1).max(50), until: Time })
  .meta({ id: 'ShareRequest' });
export const Share = z
  .object({
    id: z.string(),
    url: z.string(),
    until: Time,
    createdAt: Time,
    state: z.enum(['open', 'stopped', 'ended']),
    credentialIds: z.array(z.string()),
    views: z.int().nonnegative(),
  })
  .meta({ id: 'Share' });
export type Share = z.infer<typeof Share>;
export const Shares = z.object({ data: z.array(Share) }).meta({ id: 'Shares' });
export type Shares = z.infer<typeof Shares>;
/** GET /v1/shares/{id}, public: what the reader of a share sees. */
export const SharedCredentials = z
  .object({ until: Time, credentials: z.array(z.record(z.string(), z.unknown())) })
  .meta({ id: 'SharedCredentials' });
export type SharedCredentials = z.infer<typeof SharedCredentials>;
