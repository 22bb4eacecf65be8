import { z } from 'zod';
import { type Credential, readPublishedStatus } from '#vc';
import type { ReadPublished } from '../../published-documents.js';
import type { NotProven, Signer, Standing } from './proven.js';
import { documentIn, httpsIn, notThere } from './published-object.js';
import { boundsOf, listOf, readSigned, type Signed, typesOf } from './reading.js';

export const WITHDRAWN_ONES = 'the withdrawn badges of its issuer';
export const WITHDRAWN: NotProven = { detail: 'Its issuer has withdrawn it.' };
const SUSPENDED: NotProven = { detail: 'Its issuer has suspended it.' };
/** Each may cost a document and a signature; what can be withdrawn and suspended has two. */
const ENTRIES_MAX = 2;
/** A signed list has some fifteen, however many credentials are on it. */
const LIST_VALUES_MAX = 100;

/** 1EdTech Revocation List Status Method 1.0. */
const ListEntry = z.looseObject({ type: z.literal('1EdTechRevocationList'), id: z.string() });
const RevocationList = z.looseObject({
  revokedCredentials: z.array(
    z.looseObject({ id: z.string(), revoked: z.boolean().default(true) }),
  ),
});

/** Bitstring Status List 1.0 §2.1, §2.2. */
const BitEntry = z.looseObject({
  type: z.literal('BitstringStatusListEntry'),
  statusPurpose: z.string(),
  /** A string by the specification; some write a number. */
  statusListIndex: z.coerce
    .string()
    .regex(/^\d{1,10}$/u)
    .transform(Number),
  statusListCredential: z.string(),
  statusSize: z.literal(1).default(1),
});
type BitEntry = z.infer<typeof BitEntry>;
const Bits = z.looseObject({
  type: z.literal('BitstringStatusList'),
  statusPurpose: z.union([z.string(), z.array(z.string())]),
  encodedList: z.string(),
});

/** What a set bit says of a credential, by its purpose. Other purposes take nothing from it. */
const SET: ReadonlyMap<string, NotProven> = new Map([
  ['revocation', WITHDRAWN],
  ['suspension', SUSPENDED],
]);

const Time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const Period = z.looseObject({ validFrom: Time.optional(), validUntil: Time.optional() });

const WORST_FIRST: readonly Standing[] = ['unknown', 'stands'];

interface Asking {
  /** Who signed the credential. */
  readonly signer: string;
  readonly read: ReadPublished;
  /** Proves a list that is signed itself. */
  readonly signerOf: (list: Signed) => Promise<Signer | NotProven>;
  readonly now: Date;
}

/**
 * Whether a proven credential stands where its issuer publishes which do not (Open Badges 3.0 §9.1, step
 * 4). Out: why it is refused, if it was withdrawn, or if that is published and cannot be had or believed
 * just now. Who sends it could bring that about, by what else is in the body; that nothing is there, only
 * its issuer.
 */
export const standingOf = async (
  credential: Credential,
  asking: Asking,
): Promise<Standing | NotProven> => {
  const entries = listOf(credential['credentialStatus']);
  if (entries.length > ENTRIES_MAX)
    return { detail: `It names more than ${ENTRIES_MAX} places where it could be withdrawn.` };
  const standings: Standing[] = [];
  for (const entry of entries) {
    const one = await standingIn(entry, credential, asking);
    if (typeof one !== 'string') return one;
    standings.push(one);
  }
  return WORST_FIRST.find((one) => standings.includes(one)) ?? 'unsaid';
};

const standingIn = async (
  entry: unknown,
  credential: Credential,
  asking: Asking,
): Promise<Standing | NotProven> => {
  const [list, bit] = [ListEntry.safeParse(entry).data, BitEntry.safeParse(entry).data];
  const ifSet = SET.get(bit?.statusPurpose ?? '');
  if (bit && !ifSet) return 'unsaid';
  const address = httpsIn(list?.id ?? bit?.statusListCredential);
  if (address === undefined) return 'unknown';
  const published = await asking.read(address);
  if (published.state !== 'found' && published.state !== 'unreachable') return 'unknown';
  const found = documentIn(published, WITHDRAWN_ONES);
  if ('detail' in found) return found;
  return bit && ifSet
    ? standingByBit(bit, ifSet, found.document, asking)
    : standingByList(found.document, credential['id']);
};

const standingByList = (document: unknown, id: unknown): Standing | NotProven => {
  const list = RevocationList.safeParse(document).data;
  if (!list) return notThere(WITHDRAWN_ONES);
  return list.revokedCredentials.some((one) => one.id === id && one.revoked) ? WITHDRAWN : 'stands';
};

const standingByBit = async (
  { statusPurpose, statusListIndex }: BitEntry,
  ifSet: NotProven,
  document: unknown,
  { signer, signerOf, now }: Asking,
): Promise<Standing | NotProven> => {
  const signed = readSigned(document);
  if ('detail' in signed || boundsOf(signed.credential, LIST_VALUES_MAX) !== undefined)
    return notThere(WITHDRAWN_ONES);
  const { credential } = signed;
  const bits = Bits.safeParse(credential['credentialSubject']).data;
  const isOne = typesOf(credential).includes('BitstringStatusListCredential');
  if (!isOne || !bits || ![bits.statusPurpose].flat().includes(statusPurpose))
    return notThere(WITHDRAWN_ONES);
  const by = await signerOf(signed);
  if ('detail' in by)
    return { detail: `What is published of ${WITHDRAWN_ONES} cannot be checked. ${by.detail}` };
  if (!isInTime(credential, now))
    return { detail: `What is published of ${WITHDRAWN_ONES} has run out: send it again later.` };
  const isSet = await readPublishedStatus(bits.encodedList, statusListIndex);
  if (isSet === undefined) return notThere(WITHDRAWN_ONES);
  if (isSet) return ifSet;
  // Somebody else cannot keep alive what its issuer may have withdrawn.
  return by.signer === signer ? 'stands' : 'unknown';
};

/** An old copy could keep alive what has been withdrawn since. */
const isInTime = (list: Credential, now: Date): boolean => {
  const period = Period.safeParse(list).data;
  if (!period) return false;
  const { validFrom = 0, validUntil = Infinity } = period;
  return validFrom <= now.getTime() && now.getTime() <= validUntil;
};
