import type { Found } from './report.js';

type Json = Readonly<Record<string, unknown>>;
const objectAt = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** What Open Badges 3.0 requires of an AchievementCredential (its data model, §B.1) and lacks here. */
export const checkCompleteness = (credential: Json): Found => {
  const subject = objectAt(credential['credentialSubject']);
  const achievement = objectAt(subject['achievement']);
  const criteria = objectAt(achievement['criteria']);
  const types = [credential['type'] ?? []].flat();
  const rows: readonly (readonly [string, boolean])[] = [
    ['its number', isText(credential['id'])],
    ['its type', types.includes('OpenBadgeCredential') || types.includes('AchievementCredential')],
    ['its issuer', isText(credential['issuer']) || isText(objectAt(credential['issuer'])['id'])],
    ['whose it is', isText(subject['id']) || subject['identifier'] !== undefined],
    ['the achievement’s address', isText(achievement['id'])],
    ['the achievement’s name', isText(achievement['name'])],
    ['the achievement’s description', isText(achievement['description'])],
    ['the criteria', isText(criteria['narrative']) || isText(criteria['id'])],
  ];
  const missing = rows.filter(([, isThere]) => !isThere).map(([what]) => what);
  return missing.length === 0
    ? { code: 'complete' }
    : { code: 'incomplete', fill: { missing: missing.join(', ') } };
};
