import {
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
  type JWTVerifyOptions,
} from 'jose';
import { DomainError } from '#kernel';

/** A proof is good for so long, and the clocks of who signed and ours may be so far apart. */
export const AGE_SECONDS_MAX = 600;
export const CLOCKS_APART_SECONDS = 60;

type Kind = 'assertion' | 'did-proof';

/** What is expected of a signed proof, and what is said where its key does not fit. */
interface Expected extends Required<
  Pick<JWTVerifyOptions, 'issuer' | 'audience' | 'typ' | 'currentDate'>
> {
  readonly kind: Kind;
  readonly algorithms: readonly string[];
  readonly noSuchKey: string;
  readonly otherKey: string;
}

/**
 * What a JWT (RFC 7519) says that is signed as expected and good for ten minutes at most. Throws
 * DomainError `{kind}-invalid`, `{kind}-audience-wrong`, `{kind}-expired`.
 */
export const verifySigned = async (
  jwt: string,
  keyOf: JWTVerifyGetKey,
  expected: Expected,
): Promise<JWTPayload> => {
  const { kind, algorithms, issuer, audience, typ, currentDate } = expected;
  const { payload } = await jwtVerify(jwt, keyOf, {
    issuer,
    audience,
    typ,
    currentDate,
    algorithms: [...algorithms],
    clockTolerance: CLOCKS_APART_SECONDS,
    maxTokenAge: AGE_SECONDS_MAX,
  }).catch((error: unknown) => {
    throw problemOf(error, expected);
  });
  if (Number(payload.exp) - Number(payload.iat) > AGE_SECONDS_MAX)
    throw invalid(kind, '"exp" is more than ten minutes after "iat".');
  return payload;
};

export const invalid = (kind: Kind, detail: string): DomainError =>
  new DomainError(`${kind}-invalid`, detail);

const problemOf = (
  error: unknown,
  { kind, algorithms, noSuchKey, otherKey }: Expected,
): unknown => {
  if (error instanceof DomainError) return error;
  if (error instanceof errors.JWTExpired) return new DomainError(`${kind}-expired`);
  if (error instanceof errors.JWTClaimValidationFailed)
    return error.claim === 'aud'
      ? new DomainError(`${kind}-audience-wrong`)
      : invalid(kind, `"${error.claim}" is missing, or not as it should be.`);
  if (error instanceof errors.JOSEAlgNotAllowed)
    return invalid(kind, `Sign it with one of ${algorithms.join(', ')}.`);
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return invalid(kind, noSuchKey);
  return error instanceof errors.JOSEError ? invalid(kind, otherKey) : error;
};
