import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { DomainError } from '#kernel';
import { isEntryKind, type Message, topicOf } from '#contracts';
import { canonicalJson } from '#merkle';
import type { NewEntry } from './log.js';

/** An entry bundle (C2SP tlog-tiles) gives the length of an entry in two bytes. */
export const LEAF_BYTES_MAX = 65_535;

/**
 * The exact bytes of an entry: one JSON object, keys in this order, absent ones left out, `data`
 * canonical (RFC 8785). Everything a reader needs is in it; what is personal is in `sealed`.
 */
export const encodeLeaf = (entry: NewEntry, recordedAt: Date): Buffer => {
  const { id, kind, time, provider, alias, stream, version, intake, data, sealed } = entry;
  const envelope = JSON.stringify({
    v: 1,
    id,
    kind,
    time: time.toISOString(),
    recordedAt: recordedAt.toISOString(),
    provider,
    alias,
    stream,
    version,
    contentMac: intake && Buffer.from(intake.contentMac).toString('hex'),
  });
  const rest = sealed ? `,"sealed":"${Buffer.from(sealed).toString('base64url')}"}` : '}';
  const leaf = Buffer.from(`${envelope.slice(0, -1)},"data":${canonicalJson(data)}${rest}`);
  if (leaf.length > LEAF_BYTES_MAX)
    throw new DomainError('too-large', `An entry may have ${LEAF_BYTES_MAX} bytes.`);
  return leaf;
};

const Leaf = z.object({
  v: z.literal(1),
  id: z.string(),
  kind: z.string().refine(isEntryKind),
  time: z.string(),
  recordedAt: z.string(),
  provider: z.string().optional(),
  alias: z.string().optional(),
  stream: z.string().optional(),
  version: z.number().optional(),
  contentMac: z.string().optional(),
  data: z.record(z.string(), z.unknown()),
  sealed: z.string().optional(),
});

export interface DecodedLeaf extends Omit<Message, 'log' | 'seq'> {
  readonly contentMac?: string;
}

/** What a leaf says. Throws if it is not a leaf of ours. */
export const decodeLeaf = (leaf: Uint8Array): DecodedLeaf => {
  const { v: _, sealed, kind, ...rest } = Leaf.parse(JSON.parse(Buffer.from(leaf).toString()));
  const present = Object.fromEntries(
    Object.entries(rest).filter(([, value]) => value !== undefined),
  ) as Omit<DecodedLeaf, 'kind' | 'topic' | 'sealed'>;
  return {
    ...present,
    kind,
    topic: topicOf[kind],
    ...(sealed === undefined ? {} : { sealed: Buffer.from(sealed, 'base64url') }),
  };
};

export interface IntakeKeys {
  /** 128 bits of HMAC-SHA-256 of source and id. */
  readonly identity: Buffer;
  /** The same, ordered by time: 48 bits of milliseconds, then 80 bits of the HMAC. */
  readonly dedup: Buffer;
}

const IDENTITY_BYTES = 16;
const TIME_BYTES = 6;

/** The keys under which an intake event is known. Input: the installation's secret. */
export const intakeKeys = (
  secret: Uint8Array,
  source: string,
  eventId: string,
  time: Date,
): IntakeKeys => {
  const mac = createHmac('sha256', secret).update(`${source}\0${eventId}`).digest();
  const dedup = Buffer.alloc(IDENTITY_BYTES);
  dedup.writeUIntBE(Math.min(Math.max(time.getTime(), 0), 2 ** 48 - 1), 0, TIME_BYTES);
  mac.copy(dedup, TIME_BYTES, IDENTITY_BYTES);
  return { identity: mac.subarray(0, IDENTITY_BYTES), dedup };
};
