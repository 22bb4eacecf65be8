/** What the wallet shows of a credential. */
export interface Badge {
  readonly title: string | undefined;
  readonly validFrom: string | undefined;
  readonly validUntil: string | undefined;
  /** European Qualifications Framework, 1 to 8. */
  readonly eqfLevel: number | undefined;
}

const FRAMEWORK = /European Qualifications Framework|\bEQF\b/iu;

/**
 * Reads an Open Badges 3.0 AchievementCredential of ours: its achievement's name and level, and
 * the dates of VC Data Model 2.0. What is missing or unlike the specification is left out.
 */
export const readBadge = (credential: unknown): Badge => {
  const { name, validFrom, validUntil, credentialSubject } = members(credential);
  const achievement = members(members(credentialSubject)['achievement']);
  const alignments = [achievement['alignment']].flat().map(members);
  const level = alignments.find(({ targetFramework }) => FRAMEWORK.test(String(targetFramework)));
  return {
    title: text(achievement['name']) ?? text(name),
    validFrom: time(validFrom),
    validUntil: time(validUntil),
    eqfLevel: levelIn(level?.['targetCode']) ?? levelIn(level?.['targetName']),
  };
};

/** An object, or the first of an array of them. */
const members = (value: unknown): Readonly<Record<string, unknown>> => {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'object' && first !== null ? (first as Record<string, unknown>) : {};
};

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const time = (value: unknown): string | undefined => {
  const parsed = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(parsed) ? undefined : new Date(parsed).toISOString();
};

const levelIn = (words: unknown): number | undefined => {
  const found = typeof words === 'string' ? /(?<!\d)[1-8](?!\d)/u.exec(words) : undefined;
  return found ? Number(found[0]) : undefined;
};
