import { z } from 'zod';
import { type Credit, CreditSystem } from '#contracts';
import { TARGET } from './achievement-credential.js';
import type { Credential } from './sign-credential.js';

const Text = z.string();
const Alignment = z.looseObject({
  targetType: Text.optional(),
  targetName: Text.optional(),
  targetFramework: Text.optional(),
  targetCode: Text.optional(),
});
type Alignment = z.infer<typeof Alignment>;
const oneOrMore = <T extends z.ZodType>(item: T) =>
  z
    .union([z.array(item), item])
    .optional()
    .transform((value): readonly z.infer<T>[] =>
      value === undefined ? [] : Array.isArray(value) ? value : [value],
    );

const Shape = z.looseObject({
  id: Text,
  name: Text.optional(),
  issuer: z.union([
    Text.transform((id) => ({ id, name: id })),
    z
      .looseObject({ id: Text, name: Text.optional() })
      .transform(({ id, name }) => ({ id, name: name ?? id })),
  ]),
  validFrom: Text.optional(),
  validUntil: Text.optional(),
  credentialSubject: z.looseObject({
    id: Text.optional(),
    creditsEarned: z.coerce.number().optional(),
    achievement: z.looseObject({
      id: Text.optional(),
      achievementType: Text.optional(),
      name: Text,
      description: Text.optional(),
      criteria: z.looseObject({ narrative: Text.optional() }).optional(),
      inLanguage: Text.optional(),
      fieldOfStudy: Text.optional(),
      alignment: oneOrMore(Alignment),
    }),
  }),
});

/** What an achievement credential says, in our own words. Nothing in it was verified. */
export interface AchievementStatement {
  /** The credential's `id`. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly criteria: string;
  readonly issuer: { readonly id: string; readonly name: string };
  readonly subjectId?: string;
  readonly achievementId?: string;
  readonly achievementType?: string;
  readonly issuedAt?: string;
  readonly validUntil?: string;
  readonly language?: string;
  readonly credit?: Credit;
  readonly eqfLevel?: number;
  readonly iscedF?: string;
  readonly workloadHours?: number;
  readonly learningOutcomes: readonly string[];
}

/**
 * Reads an Open Badges 3.0 credential with one subject and one achievement, ours or another's;
 * undefined for anything else. The inverse of `buildAchievementCredential`.
 */
export const readAchievementCredential = (
  credential: Credential,
): AchievementStatement | undefined => {
  const { data } = Shape.safeParse(credential);
  if (!data) return undefined;
  const { id, name, issuer, validFrom, validUntil, credentialSubject: subject } = data;
  const { achievement } = subject;
  const codeOf = (targetType: string): string | undefined =>
    achievement.alignment.find((entry) => entry.targetType === targetType)?.targetCode;
  return {
    id,
    title: achievement.name || (name ?? ''),
    description: achievement.description ?? '',
    criteria: achievement.criteria?.narrative ?? '',
    issuer,
    learningOutcomes: achievement.alignment
      .filter(({ targetType }) => targetType === TARGET.outcome)
      .flatMap(({ targetName }) => targetName ?? []),
    ...defined({
      subjectId: subject.id,
      achievementId: achievement.id,
      achievementType: achievement.achievementType,
      issuedAt: validFrom,
      validUntil,
      language: achievement.inLanguage,
      iscedF: codeOf(TARGET.field) ?? achievement.fieldOfStudy,
      credit: creditOf(subject.creditsEarned, codeOf(TARGET.credit)),
      eqfLevel: levelOf(achievement.alignment),
      workloadHours: hoursOf(codeOf(TARGET.workload)),
    }),
  };
};

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
const defined = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== undefined),
  ) as Defined<T>;

const creditOf = (value: number | undefined, system: string | undefined): Credit | undefined => {
  if (value === undefined || !(value > 0)) return undefined;
  return { system: CreditSystem.safeParse(system).data ?? 'other', value };
};

const levelOf = (alignment: readonly Alignment[]): number | undefined => {
  const code = alignment.find(({ targetFramework }) => targetFramework === 'EQF')?.targetCode;
  return code !== undefined && /^[1-8]$/u.test(code) ? Number(code) : undefined;
};

const hoursOf = (duration: string | undefined): number | undefined => {
  const hours = /^PT(?<hours>\d+(\.\d+)?)H$/u.exec(duration ?? '')?.groups?.['hours'];
  return hours === undefined ? undefined : Number(hours);
};
