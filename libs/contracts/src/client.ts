import { z } from 'zod';
import { AssuranceLevel, LearningContext, ProviderType } from './learning-event.js';

const Base64Url = z
  .string()
  .min(1)
  .max(1400)
  .regex(/^[A-Za-z0-9_-]+$/u);
const KeyId = z.string().min(1).max(128);
const named = { kid: KeyId, use: z.literal('sig').optional() };

/** A public key (RFC 7517): Ed25519, P-256, or RSA of 2048 bits and more. */
const PublicJwk = z.discriminatedUnion('kty', [
  z.strictObject({
    kty: z.literal('OKP'),
    crv: z.literal('Ed25519'),
    x: Base64Url,
    alg: z.enum(['EdDSA', 'Ed25519']).optional(),
    ...named,
  }),
  z.strictObject({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: Base64Url,
    y: Base64Url,
    alg: z.literal('ES256').optional(),
    ...named,
  }),
  z.strictObject({
    kty: z.literal('RSA'),
    n: Base64Url.min(342),
    e: Base64Url,
    alg: z.literal('RS256').optional(),
    ...named,
  }),
]);

/** A provider or institution that is registered here: what it may send, issue and recognise. */
export const Client = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{1,62}$/u),
    name: z.string().min(1).max(200),
    type: ProviderType,
    country: z.string().regex(/^[A-Z]{2}$/u),
    city: z.string().max(100).optional(),
    homePage: z.url().max(2048),
    /** Each starts with `urn:llcl:{id}:`. */
    sources: z
      .array(
        z
          .string()
          .regex(/^urn:llcl:[a-z0-9-]+:[A-Za-z0-9._-]+$/u)
          .max(512),
      )
      .max(50),
    learningContext: LearningContext,
    highestAssurance: AssuranceLevel,
    /** Whether it decides on requests for recognition. */
    recognises: z.boolean().default(false),
    /** Keys with which it signs whose an account is: see POST /v1/me/claims. */
    jwks: z.strictObject({ keys: z.array(PublicJwk).min(1).max(5) }).optional(),
    /** How much it may send; if absent, what the recorder is set to. */
    quota: z.strictObject({ eventsPerMinute: z.int().positive().max(1_000_000_000) }).optional(),
  })
  .meta({ id: 'Client' });
export type Client = z.infer<typeof Client>;
