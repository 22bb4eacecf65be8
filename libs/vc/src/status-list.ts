import './scoped-context-cache.js';
import { promisify } from 'node:util';
import { gunzip, type ZlibOptions } from 'node:zlib';
import { createList, decodeList } from '@digitalbazaar/vc-bitstring-status-list';
import { CREDENTIALS_V2 } from './contexts.js';
import { dateTimeStamp } from './achievement-credential.js';
import type { Signer } from './issuer-key.js';
import { signCredential } from './sign-credential.js';
import { VcError } from './vc-error.js';

/** The least length (Bitstring Status List 1.0 §2.2): a smaller list would tell who is meant. */
export const STATUS_LIST_LENGTH = 131_072;
/** Of 33 million credentials. */
const STATUS_LIST_BYTES_MAX = 4 * 1024 * 1024;
const gunzipped = promisify<Buffer, ZlibOptions, Buffer>(gunzip);
/** How long a reader may use its copy. Milliseconds, as in the list. */
const TTL_MS = 5 * 60_000;
const VALID_MS = 24 * 60 * 60_000;

/**
 * The bits of a list, as in `encodedList`: multibase base64url of the compressed bits, the first
 * entry in the highest bit. Throws VcError `credential-malformed` for an index outside the list.
 */
export const encodeStatusList = async (revoked: Iterable<number>): Promise<string> => {
  const list = await createList({ length: STATUS_LIST_LENGTH });
  for (const index of revoked) {
    if (!(Number.isInteger(index) && index >= 0 && index < STATUS_LIST_LENGTH))
      throw new VcError('credential-malformed', `there is no entry ${index} in a status list`);
    list.setStatus(index, true);
  }
  return list.encode();
};

/** Whether an entry of an encoded list is set. Throws for an index outside it (RANGE_ERROR). */
export const readStatus = async (encodedList: string, index: number): Promise<boolean> =>
  (await decodeList({ encodedList })).getStatus(index);

/**
 * The same of a list that somebody else publishes. Out: undefined if it is no list (§2.2), holds no such
 * entry, is shorter than it may be, or longer than any is: compressed, it may be made to fill all memory.
 */
export const readPublishedStatus = async (
  encodedList: string,
  index: number,
): Promise<boolean | undefined> => {
  try {
    const compressed = Buffer.from(encodedList.slice(1), 'base64url');
    const { length } = await gunzipped(compressed, { maxOutputLength: STATUS_LIST_BYTES_MAX });
    return length * 8 < STATUS_LIST_LENGTH ? undefined : await readStatus(encodedList, index);
  } catch {
    return undefined;
  }
};

/**
 * A signed list of what an issuer has revoked (Bitstring Status List 1.0 §2.2). `id` is the address
 * under which it is published; it is valid for a day and may be kept for five minutes.
 */
export const buildStatusListCredential = async ({
  id,
  issuer,
  revoked,
  signer,
  now,
}: {
  readonly id: string;
  readonly issuer: string;
  readonly revoked: Iterable<number>;
  readonly signer: Signer;
  readonly now: Date;
}) =>
  signCredential({
    credential: {
      '@context': [CREDENTIALS_V2],
      id,
      type: ['VerifiableCredential', 'BitstringStatusListCredential'],
      issuer,
      validFrom: dateTimeStamp(now),
      validUntil: dateTimeStamp(new Date(now.getTime() + VALID_MS)),
      credentialSubject: {
        id: `${id}#list`,
        type: 'BitstringStatusList',
        statusPurpose: 'revocation',
        encodedList: await encodeStatusList(revoked),
        ttl: TTL_MS,
      },
    },
    signer,
    created: now,
  });
