import { z } from 'zod';

const text = z.string().catch('');
const optionalText = z.string().optional().catch(undefined);

/** Open Badges and the Data Model allow one or an array of one in many places: the first counts. */
const oneOf = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (Array.isArray(value) ? (value as unknown[])[0] : value), schema);

const Alignment = z.object({
  targetName: text,
  targetCode: text,
  targetFramework: text,
  targetType: text,
});
const Achievement = z.object({
  name: text,
  description: text,
  criteria: z.object({ narrative: text }).catch({ narrative: '' }),
  alignment: z.array(Alignment.nullable().catch(null)).catch([]),
});
const OpenBadge = z.object({
  name: optionalText,
  validFrom: optionalText,
  validUntil: optionalText,
  issuer: z.union([z.object({ name: text }), z.string().transform(() => ({ name: '' }))]),
  credentialSubject: oneOf(z.object({ achievement: oneOf(Achievement) })),
});

/** What an officer compares, from the credential itself. */
export interface ReadBadge {
  readonly title: string;
  readonly description: string;
  readonly criteria: string;
  readonly issuerName: string;
  readonly validFrom: string | undefined;
  readonly validUntil: string | undefined;
  /** European Qualifications Framework, 1 to 8. */
  readonly eqfLevel: number | undefined;
  readonly workloadHours: number | undefined;
  readonly learningOutcomes: readonly string[];
}

const EQF = /European Qualifications Framework|\bEQF\b/iu;

/**
 * Reads an Open Badges 3.0 AchievementCredential (a parsed one of ours). A part that is missing or
 * unlike the specification is left out; without an achievement there is nothing to compare, and
 * the answer is undefined.
 */
export const readBadge = (credential: unknown): ReadBadge | undefined => {
  const read = OpenBadge.safeParse(credential);
  if (!read.success) return undefined;
  const { name, validFrom, validUntil, issuer, credentialSubject } = read.data;
  const { achievement } = credentialSubject;
  const alignments = achievement.alignment.filter((alignment) => alignment !== null);
  const level = alignments.find(({ targetFramework }) => EQF.test(targetFramework));
  return {
    title: achievement.name || name || '',
    description: achievement.description,
    criteria: achievement.criteria.narrative,
    issuerName: issuer.name,
    validFrom,
    validUntil,
    eqfLevel: levelIn(level?.targetCode) ?? levelIn(level?.targetName),
    workloadHours: undefined,
    learningOutcomes: alignments
      .filter(({ targetType }) => targetType === 'ceasn:Competency')
      .map(({ targetName }) => targetName),
  };
};

const levelIn = (words: string | undefined): number | undefined => {
  const digit = /(?<!\d)(?<level>[1-8])(?!\d)/u.exec(words ?? '')?.groups?.['level'];
  return digit === undefined ? undefined : Number(digit);
};
