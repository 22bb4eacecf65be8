import type { Check } from '#contracts';
import { check } from './check.js';

type Json = Readonly<Record<string, unknown>>;

const BADGE_TYPES = ['OpenBadgeCredential', 'AchievementCredential'];

/** Whether everything is there that Open Badges 3.0 §B.1 asks of an achievement credential. */
export const completeCheck = (credential: Json): Check => {
  if (!BADGE_TYPES.some((type) => hasType(credential, type))) return check('not-an-open-badge');
  const missing = [
    ...missingIn(credential, '', ['id', 'validFrom']),
    ...issuerMissing(credential['issuer']),
    ...subjectsMissing(credential['credentialSubject']),
  ];
  return missing.length === 0
    ? check('complete')
    : check('fields-missing', { fields: missing.join(', ') });
};

const issuerMissing = (issuer: unknown): readonly string[] => {
  if (typeof issuer === 'string' && issuer !== '') return [];
  if (!isObject(issuer)) return ['issuer'];
  return [
    ...missingIn(issuer, 'issuer.', ['id']),
    ...(hasType(issuer, 'Profile') ? [] : ['issuer.type']),
  ];
};

const subjectsMissing = (value: unknown): readonly string[] => {
  const subjects: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (subjects.length === 0) return ['credentialSubject'];
  return [...new Set(subjects.flatMap(subjectMissing))];
};

const subjectMissing = (subject: unknown): readonly string[] => {
  if (!isObject(subject)) return ['credentialSubject'];
  const at = 'credentialSubject.';
  const { achievement } = subject;
  return [
    ...(hasType(subject, 'AchievementSubject') ? [] : [`${at}type`]),
    ...('id' in subject || 'identifier' in subject ? [] : [`${at}id`]),
    ...(isObject(achievement)
      ? achievementMissing(achievement, `${at}achievement.`)
      : [`${at}achievement`]),
  ];
};

const achievementMissing = (achievement: Json, at: string): readonly string[] => {
  const { criteria } = achievement;
  const hasCriteria =
    isObject(criteria) && (isText(criteria['id']) || isText(criteria['narrative']));
  return [
    ...missingIn(achievement, at, ['id', 'name', 'description']),
    ...(hasType(achievement, 'Achievement') ? [] : [`${at}type`]),
    ...(hasCriteria ? [] : [`${at}criteria`]),
  ];
};

const missingIn = (value: Json, at: string, names: readonly string[]): readonly string[] =>
  names.filter((name) => !isText(value[name])).map((name) => `${at}${name}`);

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const hasType = ({ type }: Json, name: string): boolean =>
  type === name || (Array.isArray(type) && type.includes(name));
