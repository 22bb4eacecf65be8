import { z } from 'zod';
import { LearnerIdentity } from '#contracts';
import { type Credential, issuerIdOf, readAchievementCredential, sha256OfJson } from '#vc';
import { mailHash } from '../../content.js';
import { defined } from '../../domain/defined.js';
import { type Moment, momentOf, type ReportedData } from '../../domain/report.js';
import { isObject, listOf, type Paper } from './reading.js';

/** What a credential says its issuer is. The signature proves the key alone. */
export const CLAIMED_ISSUER = 'urn:learning-ledger:ext:claimed-issuer';

const IRI = /^[A-Za-z][A-Za-z0-9+.-]*:\S{1,2040}$/u;
const LANGUAGE = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$/u;
const FIELD = /^\d{2,4}$/u;
const TEXT_MAX = 4_000;

/** `achievementType` (Open Badges 3.0 §B.8) as activities are called here; others are badges. */
const ACTIVITIES: Readonly<Record<string, readonly string[]>> = {
  programme: ['LearningProgram'],
  course: ['Course'],
  assessment: ['Assessment'],
  assignment: ['Assignment'],
  competency: ['Competency'],
  'work-experience': ['Fieldwork', 'ApprenticeshipCertificate'],
  volunteering: ['CommunityService'],
  credential: [
    'AssociateDegree',
    'BachelorDegree',
    'Certificate',
    'CertificateOfCompletion',
    'Certification',
    'Degree',
    'Diploma',
    'DoctoralDegree',
    'GeneralEducationDevelopment',
    'JourneymanCertificate',
    'License',
    'MasterCertificate',
    'MasterDegree',
    'ProfessionalDoctorate',
    'QualityAssuranceCredential',
    'ResearchDoctorate',
    'SecondarySchoolDiploma',
  ],
};
const activityTypes: ReadonlyMap<string, string> = new Map(
  Object.entries(ACTIVITIES).flatMap(([activity, names]) =>
    names.map((name) => [name, activity] as const),
  ),
);

/** Whom a credential is about, as far as it says so in a way that can be known again. */
export const subjectOf = ({ kind, credential }: Paper): LearnerIdentity | undefined => {
  if (kind === 'open-badges-2.0') return identityOf(credential['recipient'], 'identity');
  const subject = credential['credentialSubject'];
  if (!isObject(subject)) return undefined;
  const did = LearnerIdentity.safeParse({ did: subject['id'] }).data;
  if (did) return did;
  for (const identifier of listOf(subject['identifier'])) {
    const found = identityOf(identifier, 'identityHash');
    if (found) return found;
  }
  return undefined;
};

/** A mail address as its hash. One that comes salted and hashed nobody can match with anything. */
const identityOf = (value: unknown, member: string): LearnerIdentity | undefined => {
  if (!isObject(value) || value['hashed'] === true) return undefined;
  const mail = value[member];
  const isMail = value['type'] === 'email' || value['identityType'] === 'emailAddress';
  return isMail && typeof mail === 'string' && /^[^@\s]+@[^@\s]+$/u.test(mail)
    ? { mailHash: mailHash(`mailto:${mail}`) }
    : undefined;
};

export interface Achieved {
  readonly happened: Moment;
  readonly data: ReportedData;
}

/**
 * A proven credential as evidence of prior learning. `signer` is the key that signed, or
 * the issuer's address. However high
 * the issuer thinks of itself: nobody here knows it, so the learner's word is all there is.
 */
export const achievedBy = (
  { kind, credential, asPublished = credential }: Paper,
  signer: string,
  now: Date,
): Achieved | { readonly detail: string } => {
  const said = kind === 'open-badges-2.0' ? version2(credential) : version3(credential);
  if (!said) return { detail: 'It does not say what was achieved.' };
  const dates = datesOf(said, now);
  if ('detail' in dates) return dates;
  const issuer = kind === 'open-badges-2.0' ? undefined : issuerIdOf(credential);
  const uri = iriOf(said.id) ?? `urn:sha-256:${sha256OfJson(asPublished)}`;
  return {
    happened: dates.happened,
    data: defined({
      activity: defined({
        id: iriOf(said.achievementId) ?? uri,
        type: activityTypes.get(said.type ?? '') ?? 'badge',
        name: textIn(said.language, said.title),
        description: textIn(said.language, said.description),
        nativeType: said.type,
      }),
      verb: 'awarded' as const,
      credits: said.credit ? [said.credit] : undefined,
      levels:
        said.eqfLevel === undefined
          ? undefined
          : [{ framework: 'EQF', value: String(said.eqfLevel) }],
      fields: FIELD.test(said.iscedF ?? '')
        ? [{ scheme: 'ISCED-F-2013', code: said.iscedF ?? '' }]
        : undefined,
      evidence: [{ uri, sha256: sha256OfJson(asPublished), kind: 'credential' }],
      assurance: { level: 'self-asserted' as const, assessor: signer, method: 'rpl' },
      ext: issuer === undefined || issuer === signer ? undefined : { [CLAIMED_ISSUER]: issuer },
    }),
  };
};

interface Said {
  readonly id: string;
  readonly title: string;
  readonly description?: string | undefined;
  readonly type?: string | undefined;
  readonly achievementId?: string | undefined;
  readonly language?: string | undefined;
  /** When it was awarded. */
  readonly on: unknown;
  readonly from: unknown;
  readonly until?: unknown;
  readonly credit?: { readonly system: string; readonly value: number } | undefined;
  readonly eqfLevel?: number | undefined;
  readonly iscedF?: string | undefined;
}

const version3 = (credential: Credential): Said | undefined => {
  // Version 1.1 of the data model calls the dates otherwise.
  const { validFrom = credential['issuanceDate'], validUntil = credential['expirationDate'] } =
    credential;
  const said = readAchievementCredential({ ...credential, validFrom, validUntil });
  if (!said) return undefined;
  const { id, title, description, achievementId, achievementType: type, language } = said;
  const { credit, eqfLevel, iscedF } = said;
  const named = { id, title, description, achievementId, type, language };
  const on = credential['awardedDate'] ?? validFrom;
  return { ...named, on, from: validFrom, until: validUntil, credit, eqfLevel, iscedF };
};

const BadgeClass = z.looseObject({
  id: z.string().optional(),
  name: z.string().min(1),
  description: z.string().optional(),
  '@language': z.string().optional(),
});

/** Version 2 calls the achievement "badge". */
const version2 = (credential: Credential): Said | undefined => {
  const badge = BadgeClass.safeParse(credential['badge']).data;
  const { id, issuedOn: on, expires: until } = credential;
  return badge && typeof id === 'string'
    ? {
        id,
        title: badge.name,
        description: badge.description,
        achievementId: badge.id,
        language: badge['@language'],
        on,
        from: on,
        until,
      }
    : undefined;
};

const datesOf = (
  { on, from, until }: Said,
  now: Date,
): { readonly happened: Moment } | { readonly detail: string } => {
  const [happened, begin] = [timeOf(on), timeOf(from)];
  if (happened === undefined || begin === undefined)
    return { detail: 'It does not say when it was awarded.' };
  if (Math.max(happened, begin) > now.getTime()) return { detail: 'It is not valid yet.' };
  if (until === undefined) return { happened };
  const end = timeOf(until);
  if (end === undefined) return { detail: 'Its last day cannot be read.' };
  return end < now.getTime() ? { detail: 'It has run out.' } : { happened };
};

const Time = z.iso.datetime({ offset: true });
const timeOf = (value: unknown): Moment | undefined => {
  const time = Time.safeParse(value).data;
  return time === undefined ? undefined : momentOf(time);
};

const iriOf = (text: string | undefined): string | undefined =>
  text !== undefined && IRI.test(text) ? text : undefined;

const textIn = (
  language = 'und',
  text: string | undefined,
): Readonly<Record<string, string>> | undefined =>
  text ? { [LANGUAGE.test(language) ? language : 'und']: text.slice(0, TEXT_MAX) } : undefined;
