import { z } from 'zod';
import { Client } from '../client.js';

const Time = z.iso.datetime({ offset: true });

/** The answer to a recorded event. */
export const Receipt = z
  .object({
    eventId: z.string(),
    log: z.string(),
    seq: z.int().nonnegative(),
    leafHash: z.string(),
    status: z.enum(['recorded', 'duplicate']),
    /** Says so where a repeat could not be told (an event without id and time). */
    note: z.string().optional(),
  })
  .meta({ id: 'Receipt' });
export type Receipt = z.infer<typeof Receipt>;

export const ProblemDetails = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string().optional(),
    whatToDo: z.string(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
    requestId: z.string().optional(),
  })
  .meta({ id: 'Problem' });

/** What was accepted and can earn nothing: it is no entry of the ledger. */
export const Telemetry = z
  .object({ status: z.literal('telemetry'), because: z.string() })
  .meta({ id: 'Telemetry' });
export type Telemetry = z.infer<typeof Telemetry>;

/** What was sent to the test area and would have been taken: it is nowhere recorded. */
export const Tried = z.object({ status: z.literal('test') }).meta({ id: 'Tried' });
export type Tried = z.infer<typeof Tried>;

/** The answer of POST /v1/events: an item for each event, in the order sent. */
export const Results = z
  .object({ results: z.array(z.union([Receipt, ProblemDetails, Tried])) })
  .meta({ id: 'Results' });
export type Results = z.infer<typeof Results>;

/** The answer for a body in a provider's own format. */
export const FormatResults = z
  .object({ results: z.array(z.union([Receipt, ProblemDetails, Telemetry, Tried])) })
  .meta({ id: 'FormatResults' });

/** Learning that the learner reports (assurance: self-asserted). */
export const SelfReport = z
  .strictObject({
    title: z.string().trim().min(1).max(200),
    description: z.string().trim().max(2000).optional(),
    /** The day it ended. */
    occurredOn: z.iso.date(),
    hours: z.number().positive().max(10_000).optional(),
    evidence: z
      .array(z.strictObject({ uri: z.url().max(2048) }))
      .max(10)
      .default([]),
  })
  .meta({ id: 'SelfReport' });
export type SelfReport = z.infer<typeof SelfReport>;

export const Profile = z
  .strictObject({
    givenName: z.string().trim().min(1).max(200),
    familyName: z.string().trim().min(1).max(200),
    birthDate: z.iso.date().optional(),
  })
  .meta({ id: 'Profile' });
export type Profile = z.infer<typeof Profile>;

export const Role = z.enum(['provider', 'learner', 'officer', 'employer', 'auditor', 'admin']);
export type Role = z.infer<typeof Role>;

/** Who is signed in (GET /v1/me). `organisation` is a client's id. */
export const Me = z
  .object({
    id: z.string(),
    role: Role,
    organisation: z
      .object({
        id: z.string(),
        name: z.string(),
        /** As registered: what forms for providers are filled with. */
        homePage: z.string().optional(),
        sources: z.array(z.string()).optional(),
      })
      .optional(),
  })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof Me>;

/** POST /v1/clients (admin). The secret and the Basic key are shown once. */
export const RegisteredClient = z
  .object({ client: Client, clientSecret: z.string(), xapiKey: z.string(), xapiSecret: z.string() })
  .meta({ id: 'RegisteredClient' });
export const InvitationRequest = z
  .strictObject({ role: Role, organisation: z.string().optional() })
  .meta({ id: 'InvitationRequest' });
export const Invitation = z.object({ url: z.string(), expiresAt: Time }).meta({ id: 'Invitation' });
export const TokenResponse = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int(),
});
/** Names of those registered, for lists (GET /v1/institutions). */
export const Institution = z
  .object({ id: z.string(), name: z.string(), country: z.string(), recognises: z.boolean() })
  .meta({ id: 'Institution' });
export type Institution = z.infer<typeof Institution>;
export const Institutions = z.object({ data: z.array(Institution) });
