import { z } from 'zod';
import { AssuranceLevel } from './learning-event.js';

const Iri = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9+.-]*:\S+$/u)
  .max(2048);
const activities = z.array(Iri).min(1).max(200);

/**
 * What has to be shown for an achievement, as data. A score is a fraction of the maximum (0 to 1);
 * hours count an event's duration, else the workload of its activity, once per activity.
 */
export type Rule =
  | { readonly passed: string; readonly minScore?: number | undefined }
  | { readonly completed: string }
  | { readonly nOf: number; readonly activities: readonly string[] }
  | { readonly hours: number; readonly activities?: readonly string[] | undefined }
  | { readonly achievement: string }
  | { readonly all: readonly Rule[] }
  | { readonly any: readonly Rule[] };

export const Rule: z.ZodType<Rule> = z
  .lazy(() =>
    z.union([
      z.strictObject({ passed: Iri, minScore: z.number().min(0).max(1).optional() }),
      z.strictObject({ completed: Iri }),
      z.strictObject({ nOf: z.int().min(1).max(200), activities }),
      z.strictObject({
        hours: z.number().positive().max(100_000),
        activities: activities.optional(),
      }),
      z.strictObject({ achievement: z.string().min(1).max(64) }),
      z.strictObject({ all: z.array(Rule).min(1).max(50) }),
      z.strictObject({ any: z.array(Rule).min(1).max(50) }),
    ]),
  )
  .meta({ id: 'Rule' });

export const CreditSystem = z.enum([
  'ECTS',
  'US-SCH',
  'US-QCH',
  'UK-CATS',
  'ECVET',
  'CEU',
  'CPD-hours',
  'notional-hours',
  'other',
]);
export const Credit = z.strictObject({
  system: CreditSystem,
  value: z.number().positive().max(10_000),
});
export type Credit = z.infer<typeof Credit>;

/** An achievement definition. Definitions are data: publishing one again makes the next version. */
export const AchievementDefinition = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{1,62}$/u),
    name: z.string().min(1).max(200),
    description: z.string().min(1).max(2000),
    criteria: z.string().min(1).max(2000),
    /** Open Badges 3.0 `achievementType`. */
    type: z.enum([
      'Course',
      'MicroCredential',
      'Badge',
      'Certificate',
      'Award',
      'Membership',
      'Assessment',
      'LearningProgram',
    ]),
    rule: Rule,
    /** Events below this level of assurance are not counted. */
    leastAssurance: AssuranceLevel.default('observed'),
    credit: Credit.optional(),
    /** European Qualifications Framework, 1 to 8. */
    eqfLevel: z.int().min(1).max(8).optional(),
    /** ISCED-F 2013, four digits. */
    iscedF: z
      .string()
      .regex(/^\d{4}$/u)
      .optional(),
    workloadHours: z.number().positive().max(100_000).optional(),
    learningOutcomes: z.array(z.string().min(1).max(500)).max(50).default([]),
    language: z
      .string()
      .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/u)
      .default('en'),
    /** How long a credential for it is valid; without it, for good. */
    validForDays: z.int().min(1).max(36_500).optional(),
  })
  .meta({ id: 'AchievementDefinition' });
export type AchievementDefinition = z.infer<typeof AchievementDefinition>;
