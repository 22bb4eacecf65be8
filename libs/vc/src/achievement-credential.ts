import type { Credit } from '#contracts';
import { CREDENTIALS_V2, OPEN_BADGES_V3 } from './contexts.js';

/**
 * What Open Badges 3.0 has no property for stands in `achievement.alignment`, one entry each, told
 * apart by `targetType` (its `ext:` values are for that): the credit system, the workload and each
 * learning outcome. `readAchievementCredential` reads them back; other readers show their names.
 */
export const TARGET = {
  outcome: 'ext:LearningOutcome',
  workload: 'ext:Workload',
  credit: 'ext:CreditSystem',
  level: 'ext:QualificationLevel',
  field: 'ext:FieldOfEducation',
} as const;

export interface AchievementParts {
  /** A URL. */
  readonly id: string;
  /** `achievementType` of Open Badges 3.0, or `ext:…`. */
  readonly type: string;
  readonly name: string;
  readonly description: string;
  readonly criteria: string;
  readonly version?: string | undefined;
  readonly language?: string | undefined;
  readonly credit?: Credit | undefined;
  /** European Qualifications Framework, 1 to 8. */
  readonly eqfLevel?: number | undefined;
  /** ISCED-F 2013, four digits. */
  readonly iscedF?: string | undefined;
  readonly workloadHours?: number | undefined;
  readonly learningOutcomes?: readonly string[] | undefined;
}

export interface AchievementCredentialParts {
  /** A URL. */
  readonly id: string;
  readonly issuer: { readonly id: string; readonly name: string; readonly url: string };
  /** Minted for this credential (`urn:uuid:…`): it says nothing of who the learner is. */
  readonly subjectId: string;
  readonly validFrom: Date;
  readonly validUntil?: Date | undefined;
  readonly awardedAt: Date;
  readonly achievement: AchievementParts;
  readonly status: { readonly listUrl: string; readonly index: number };
}

/** Whole seconds: XSD dateTimeStamp as every reader takes it. */
export const dateTimeStamp = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`;

/**
 * An unsigned Open Badges 3.0 credential (VC Data Model 2.0; OB 3.0 §B.1.1) about one achievement.
 * Pure: the same parts give the same credential.
 */
export const buildAchievementCredential = (parts: AchievementCredentialParts) => {
  const { id, issuer, subjectId, validFrom, validUntil, awardedAt, achievement, status } = parts;
  const { credit } = achievement;
  return {
    '@context': [CREDENTIALS_V2, OPEN_BADGES_V3],
    id,
    type: ['VerifiableCredential', 'OpenBadgeCredential'],
    name: achievement.name,
    issuer: { id: issuer.id, type: ['Profile'], name: issuer.name, url: issuer.url },
    validFrom: dateTimeStamp(validFrom),
    ...(validUntil ? { validUntil: dateTimeStamp(validUntil) } : {}),
    awardedDate: dateTimeStamp(awardedAt),
    credentialSubject: {
      id: subjectId,
      type: ['AchievementSubject'],
      ...(credit ? { creditsEarned: credit.value } : {}),
      achievement: achievementOf(achievement),
    },
    credentialStatus: {
      id: `${status.listUrl}#${status.index}`,
      type: 'BitstringStatusListEntry',
      statusPurpose: 'revocation',
      statusListIndex: String(status.index),
      statusListCredential: status.listUrl,
    },
  };
};

const achievementOf = (achievement: AchievementParts) => {
  const alignment = alignmentOf(achievement);
  return {
    id: achievement.id,
    type: ['Achievement'],
    achievementType: achievement.type,
    name: achievement.name,
    description: achievement.description,
    criteria: { narrative: achievement.criteria },
    ...(achievement.version === undefined ? {} : { version: achievement.version }),
    ...(achievement.language === undefined ? {} : { inLanguage: achievement.language }),
    ...(achievement.credit ? { creditsAvailable: achievement.credit.value } : {}),
    ...(achievement.iscedF === undefined ? {} : { fieldOfStudy: achievement.iscedF }),
    ...(alignment.length > 0 ? { alignment } : {}),
  };
};

const alignmentOf = (achievement: AchievementParts) => {
  const { id, credit, eqfLevel, iscedF, workloadHours, learningOutcomes = [] } = achievement;
  return [
    ...(eqfLevel === undefined
      ? []
      : [
          aligned(TARGET.level, {
            targetName: `EQF level ${eqfLevel}`,
            targetFramework: 'EQF',
            targetCode: String(eqfLevel),
            targetUrl: `http://data.europa.eu/snb/eqf/${eqfLevel}`,
          }),
        ]),
    ...(iscedF === undefined
      ? []
      : [
          aligned(TARGET.field, {
            targetName: `ISCED-F ${iscedF}`,
            targetFramework: 'ISCED-F 2013',
            targetCode: iscedF,
            targetUrl: `http://data.europa.eu/snb/isced-f/${iscedF}`,
          }),
        ]),
    ...(credit
      ? [
          aligned(TARGET.credit, {
            targetName: `${credit.value} ${credit.system}`,
            targetFramework: 'Credit system',
            targetCode: credit.system,
            targetUrl: `${id}#credit`,
          }),
        ]
      : []),
    ...(workloadHours === undefined
      ? []
      : [
          aligned(TARGET.workload, {
            targetName: `${workloadHours} hours of learning`,
            targetFramework: 'Workload',
            targetCode: `PT${workloadHours}H`,
            targetUrl: `${id}#workload`,
          }),
        ]),
    ...learningOutcomes.map((outcome, n) =>
      aligned(TARGET.outcome, {
        targetName: outcome,
        targetFramework: 'Learning outcomes',
        targetCode: String(n + 1),
        targetUrl: `${id}#outcome-${n + 1}`,
      }),
    ),
  ];
};

const aligned = (
  targetType: string,
  target: {
    readonly targetName: string;
    readonly targetFramework: string;
    readonly targetCode: string;
    readonly targetUrl: string;
  },
) => ({ type: ['Alignment'], targetType, ...target });
