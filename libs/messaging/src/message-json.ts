import { z } from 'zod';
import { isEntryKind, type Message, topicOf } from '#contracts';
import { contentOf } from '#log';

const Sealed = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/u)
  .transform((text): Uint8Array => Buffer.from(text, 'base64url'))
  .optional();

/** Kept as it is: a record of zod's leaves out a key named __proto__. */
const Data = z.custom<object>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

/** What a Kafka message's value holds: the plain part, and the sealed one in base64url. */
export const Value = z.strictObject({
  data: Data,
  sealed: Sealed,
});

const Kind = z.string().refine(isEntryKind);
export const Seq = z.int().nonnegative();

/** The envelope, as strings and numbers. */
export const Envelope = z.strictObject({
  log: z.string().min(1).max(64),
  seq: Seq,
  id: z.string().min(1).max(200),
  kind: Kind,
  time: z.iso.datetime(),
  recordedAt: z.iso.datetime(),
  provider: z.string().min(1).optional(),
  alias: z.string().min(1).optional(),
  stream: z.string().min(1).optional(),
  version: z.int().positive().optional(),
});
export type Envelope = z.infer<typeof Envelope>;

const without = <T extends object>(value: T): T => {
  const { ...copy } = value as Record<string, unknown>;
  for (const name of Object.keys(copy)) if (copy[name] === undefined) delete copy[name];
  return copy as T;
};

/** Puts a message together again; its topic follows from its kind. */
export const toMessage = (envelope: Envelope, value: z.infer<typeof Value>): Message =>
  without({ ...envelope, topic: topicOf[envelope.kind], ...value }) as Message;

export const envelopeOf = (message: Message): Envelope =>
  without({
    log: message.log,
    seq: message.seq,
    id: message.id,
    kind: message.kind,
    time: message.time,
    recordedAt: message.recordedAt,
    provider: message.provider,
    alias: message.alias,
    stream: message.stream,
    version: message.version,
  });

/** A whole message as bytes, for the dead letters. */
export const serialise = (message: Message): Buffer =>
  Buffer.from(JSON.stringify({ envelope: envelopeOf(message), value: contentOf(message) }));

const Serialised = z.strictObject({ envelope: Envelope, value: z.string() });

/** Reads what `serialise` wrote. Throws ZodError or SyntaxError for anything else. */
export const parse = (bytes: Uint8Array): Message => {
  const { envelope, value } = Serialised.parse(JSON.parse(Buffer.from(bytes).toString()));
  return toMessage(envelope, Value.parse(JSON.parse(value)));
};
