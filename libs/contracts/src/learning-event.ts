import { z } from 'zod';
import schema from './learning-event.schema.json' with { type: 'json' };

/** The canonical learning event as published: a CloudEvent, structured mode (JSON Schema 2020-12). */
export const learningEventSchema = schema;

/** The 13 verbs a learning event can have. Voiding is an entry of its own. */
export const Verb = z.enum([
  'enrolled',
  'started',
  'progressed',
  'participated',
  'submitted',
  'assessed',
  'completed',
  'passed',
  'failed',
  'awarded',
  'recognised',
  'competency-asserted',
  'withdrew',
]);
export type Verb = z.infer<typeof Verb>;

export const LearningContext = z.enum(['formal', 'non-formal', 'informal']);
export type LearningContext = z.infer<typeof LearningContext>;

/** From the least to the most that somebody vouches for. */
export const ASSURANCE_LEVELS = [
  'self-asserted',
  'observed',
  'assessed',
  'quality-assured',
] as const;
export const AssuranceLevel = z.enum(ASSURANCE_LEVELS);
export type AssuranceLevel = z.infer<typeof AssuranceLevel>;
/** True if `level` is at least `least`. */
export const isAssuredAtLeast = (level: AssuranceLevel, least: AssuranceLevel): boolean =>
  ASSURANCE_LEVELS.indexOf(level) >= ASSURANCE_LEVELS.indexOf(least);

export const ProviderType = z.enum([
  'university',
  'school',
  'vocational',
  'mooc-platform',
  'employer',
  'library',
  'museum',
  'community',
  'government',
  'self',
  'other',
]);
export type ProviderType = z.infer<typeof ProviderType>;

/** A learner as a provider knows them. Accounts are scoped by provider: two never collide. */
export const LearnerIdentity = z
  .union([
    z.strictObject({
      account: z.strictObject({
        homePage: z.string().min(1).max(2048),
        name: z.string().min(1).max(256),
      }),
    }),
    z.strictObject({
      did: z
        .string()
        .regex(/^did:[a-z0-9]+:\S+$/u)
        .max(2048),
    }),
    z.strictObject({ mailHash: z.string().regex(/^[0-9a-f]{40}$/u) }),
    z.strictObject({ alias: z.string().regex(/^urn:lrn:[a-z2-7]{32,64}$/u) }),
  ])
  .meta({ id: 'LearnerIdentity' });
export type LearnerIdentity = z.infer<typeof LearnerIdentity>;

/**
 * What a learning event says (`data` of learning-event.schema.json), sealed in the log. The
 * published JSON Schema is the contract at the door; this type is for code behind it.
 */
export interface LearningEventData {
  readonly learner: { readonly id: string };
  readonly provider: {
    readonly id: string;
    readonly type: ProviderType;
    readonly system?: string;
    readonly country?: string;
  };
  readonly learningContext: LearningContext;
  readonly mode?: string;
  readonly activity: {
    readonly id: string;
    readonly type: string;
    readonly name?: Readonly<Record<string, string>>;
    readonly description?: Readonly<Record<string, string>>;
    readonly language?: string;
    readonly workloadHours?: number;
    readonly parents?: readonly string[];
    readonly registration?: string;
    readonly attempt?: number;
    readonly nativeType?: string;
  };
  readonly verb: Verb;
  readonly occurredAt: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly result?: {
    readonly status?: 'in-progress' | 'provisional' | 'final';
    readonly success?: boolean;
    readonly completion?: boolean;
    readonly progress?: number;
    readonly duration?: string;
    readonly score?: {
      readonly raw?: number;
      readonly min?: number;
      readonly max?: number;
      readonly scaled?: number;
    };
    readonly grade?: { readonly value: string; readonly scale: { readonly type: string } };
  };
  readonly credits?: readonly {
    readonly system: string;
    readonly value: number;
    readonly awarded?: boolean;
  }[];
  readonly levels?: readonly { readonly framework: string; readonly value: string }[];
  readonly fields?: readonly { readonly scheme: string; readonly code: string }[];
  readonly competencies?: readonly { readonly uri: string }[];
  readonly evidence?: readonly {
    readonly uri: string;
    readonly sha256?: string;
    readonly mediaType?: string;
    readonly kind?: string;
  }[];
  readonly language?: string;
  readonly assurance: {
    readonly level: AssuranceLevel;
    readonly assessor?: string;
    readonly method?: string;
    /** Who corrected it for the provider. */
    readonly qualityBody?: string;
  };
  readonly supersedes?: { readonly source: string; readonly id: string; readonly reason: string };
  readonly raw: { readonly format: string; readonly sha256: string; readonly verb?: string };
  readonly ext?: Readonly<Record<string, unknown>>;
}

export const VoidReason = z.enum([
  'entered-in-error',
  'duplicate',
  'wrong-learner',
  'academic-misconduct',
  'consent-withdrawn',
  'superseded-by-source',
  'other',
]);
