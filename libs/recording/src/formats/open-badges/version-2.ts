import { decodeProtectedHeader, importSPKI } from 'jose';
import { z } from 'zod';
import type { Credential } from '#vc';
import { canonicalJson } from '#merkle';
import type { ReadPublished } from '../../published-documents.js';
import { isSignedWith } from './jws.js';
import { isObject, listOf, type Paper } from './reading.js';
import { type NotProven, type Proven, reason, type Standing } from './proven.js';
import { documentIn, httpsIn, notThere, objectIn } from './published-object.js';
import { WITHDRAWN, WITHDRAWN_ONES } from './standing.js';

const Text = z.union([z.string(), z.array(z.string())]);
const Profile = z.looseObject({
  id: z.string().max(2_000),
  verification: z
    .looseObject({ startsWith: Text.optional(), allowedOrigins: Text.optional() })
    .optional(),
  revocationList: z.string().optional(),
});
type Profile = z.infer<typeof Profile>;
const Key = z.looseObject({ id: z.string(), owner: z.string(), publicKeyPem: z.string() });
const RevocationList = z.looseObject({
  id: z.string(),
  revokedAssertions: z.array(z.unknown()),
});

/** What a badge that was handed in may not say otherwise than its publisher does. */
const SAID_TWICE = ['recipient', 'issuedOn', 'expires'] as const;

/**
 * A hosted badge (Open Badges 2.0, Verification): it is what its address says, its issuer is whom the
 * issuer's own address knows, and that issuer publishes badges there. What it says is then taken
 * from there.
 */
export const proveHosted = async (
  paper: Paper,
  read: ReadPublished,
): Promise<Proven | NotProven> => {
  const address = httpsIn(paper.credential['id']);
  if (address === undefined) return { detail: 'A hosted badge has an https address as its id.' };
  const answer = await read(address);
  if (answer.state === 'withdrawn') return WITHDRAWN;
  const assertion = objectIn(answer, 'the badge', address);
  if ('detail' in assertion) return assertion;
  if (assertion.object['revoked'] === true) return WITHDRAWN;
  if (isSaidOtherwise(paper.credential, assertion.object))
    return { detail: 'It says something else than what is published at its address.' };
  const { host } = new URL(address);
  const known = await knownIn(assertion.object, read, (id) => hostOf(id) === host);
  if ('detail' in known) return known;
  if (!publishesAt(known.issuer, address))
    return { detail: 'The issuer that it names does not publish badges at that address.' };
  const credential = { ...assertion.object, badge: known.badge };
  const proven = { ...paper, credential, asPublished: assertion.object };
  return { signer: known.issuer.id, by: 'address', paper: proven, standing: 'stands' };
};

/**
 * A signed badge without its key: the key is at the address that the badge names, belongs to its
 * issuer by its own word and by the issuer's, and the issuer's list does not withdraw the badge.
 */
export const proveSigned = async (
  paper: Paper,
  jws: string,
  read: ReadPublished,
): Promise<Proven | NotProven> => {
  const { verification } = paper.credential;
  const creator = isObject(verification) ? httpsIn(verification['creator']) : undefined;
  if (creator === undefined)
    return { detail: 'It names no key, neither in its signature nor by an https address.' };
  const published = objectIn(await read(creator), 'its key', creator);
  if ('detail' in published) return published;
  const key = Key.safeParse(published.object).data;
  if (!key) return notThere('its key');
  const { alg = '' } = decodeProtectedHeader(jws);
  if (!(await isSignedWith(jws, () => importSPKI(key.publicKeyPem, alg))))
    return reason('signature-does-not-fit');
  // What was signed says it itself; who signed it may say of whom it is, and is asked below.
  const known = await knownIn(paper.credential, read, () => false);
  if ('detail' in known) return known;
  const { issuer, badge } = known;
  const own = listOf(issuer['publicKey']).map((one) => (isObject(one) ? one['id'] : one));
  if (key.owner !== issuer.id || !own.includes(key.id)) return reason('key-of-somebody-else');
  const standing = await standingAt(issuer, paper.credential, read);
  if (typeof standing !== 'string') return standing;
  const credential = { ...paper.credential, badge };
  const proven = { ...paper, credential, asPublished: paper.credential };
  return { signer: issuer.id, by: 'address', paper: proven, standing };
};

/** The achievement and its issuer; `isOneOfThem` says whose word for themselves is as good. */
const knownIn = async (
  assertion: Credential,
  read: ReadPublished,
  isOneOfThem: (id: string) => boolean,
): Promise<{ badge: Credential; issuer: Profile } | NotProven> => {
  const { badge: said } = assertion;
  const badge = isObject(said) ? { object: said } : await objectAt(said, 'its achievement', read);
  if ('detail' in badge) return badge;
  const { issuer } = badge.object;
  const isTrusted = isObject(issuer) && isOneOfThem(String(issuer['id']));
  const profile = isTrusted
    ? { object: issuer }
    : await objectAt(isObject(issuer) ? issuer['id'] : issuer, 'its issuer', read);
  if ('detail' in profile) return profile;
  const known = Profile.safeParse(profile.object).data;
  return known ? { badge: badge.object, issuer: known } : notThere('its issuer');
};

const objectAt = async (
  address: unknown,
  what: string,
  read: ReadPublished,
): Promise<{ readonly object: Credential } | NotProven> => {
  const url = httpsIn(address);
  return url === undefined
    ? { detail: `It names no https address of ${what}.` }
    : objectIn(await read(url), what, url);
};

const isSaidOtherwise = (handedIn: Credential, published: Credential): boolean => {
  const isOther = (said: unknown, here: unknown): boolean =>
    said !== undefined && canonicalJson(said ?? null) !== canonicalJson(here ?? null);
  return (
    SAID_TWICE.some((name) => isOther(handedIn[name], published[name])) ||
    isOther(idOf(handedIn['badge']), idOf(published['badge']))
  );
};

const idOf = (value: unknown): unknown => (isObject(value) ? value['id'] : value);

/** Its own host, unless it says others; and only what begins as it says, where it says so. */
const publishesAt = ({ id, verification }: Profile, address: string): boolean => {
  const origins = [verification?.allowedOrigins ?? []].flat();
  const beginnings = [verification?.startsWith ?? []].flat();
  const { host, origin } = new URL(address);
  const isAllowed =
    origins.length === 0
      ? hostOf(id) === host
      : origins.some((one) => one === host || one === origin);
  return (
    isAllowed && (beginnings.length === 0 || beginnings.some((one) => address.startsWith(one)))
  );
};

const standingAt = async (
  { revocationList }: Profile,
  assertion: Credential,
  read: ReadPublished,
): Promise<Standing | NotProven> => {
  if (revocationList === undefined) return 'unsaid';
  const url = httpsIn(revocationList);
  if (url === undefined) return { detail: `It names no https address of ${WITHDRAWN_ONES}.` };
  const published = documentIn(await read(url), WITHDRAWN_ONES);
  if ('detail' in published) return published;
  const list = RevocationList.safeParse(published.document).data;
  if (list?.id !== url) return notThere(WITHDRAWN_ONES);
  const own = new Set<unknown>(
    [assertion['id'], assertion['uid']].filter((id) => id !== undefined),
  );
  return list.revokedAssertions.some((one) =>
    (isObject(one) ? [one['id'], one['uid']] : [one]).some((id) => own.has(id)),
  )
    ? WITHDRAWN
    : 'stands';
};

const hostOf = (address: string): string | undefined => URL.parse(address)?.host;
