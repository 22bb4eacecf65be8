import type { Fact } from '#contracts';

/** Credit that a fact brings, before it is posted. */
export interface Credited {
  /** The credential issued or the case decided: one posting for each. */
  readonly cause: string;
  readonly posting: Fact<'credit-posted'>['personal'];
}

/** The credit of a credential for an achievement; a decision's credential posts none of its own. */
export const earnedCredit = (
  { credentialId, issuer, purpose }: Fact<'credential-issued'>['data'],
  { credential, credit }: Fact<'credential-issued'>['personal'],
): Credited | undefined =>
  purpose === 'achievement' && credit
    ? {
        cause: credentialId,
        posting: {
          kind: 'earned',
          credit,
          institution: issuer,
          title: titleOf(credential) ?? credentialId,
          basis: [credentialId],
        },
      }
    : undefined;

/** The credit of a decision that recognises, wholly or in part. */
export const recognisedCredit = (
  { caseId, institution }: Fact<'recognition-decided'>['data'],
  { outcome, credit, credentialIds, titles }: Fact<'recognition-decided'>['personal'],
): Credited | undefined =>
  outcome !== 'Negative' && credit
    ? {
        cause: caseId,
        posting: {
          kind: 'recognised',
          credit,
          institution,
          title: titles.length > 0 ? titles.join(', ') : caseId,
          basis: credentialIds,
        },
      }
    : undefined;

/** The name of an Open Badges 3.0 credential, else of its achievement. */
const titleOf = (credential: Readonly<Record<string, unknown>>): string | undefined => {
  const { achievement } = memberOf(credential['credentialSubject']);
  return [credential['name'], memberOf(achievement)['name']].find(
    (name) => typeof name === 'string' && name !== '',
  ) as string | undefined;
};

const memberOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
