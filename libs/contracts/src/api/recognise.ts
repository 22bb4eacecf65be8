import { z } from 'zod';
import { Credit } from '../achievement.js';
import { Finding, Findings, Criterion, Outcome } from '../facts.js';
import { Party } from './wallet.js';

const Time = z.iso.datetime({ offset: true });

/** POST /v1/recognition/cases (learner). */
export const RecognitionRequest = z
  .strictObject({
    institution: z.string(),
    credentialIds: z.array(z.string()).min(1).max(50),
    purpose: z.string().trim().min(1).max(500),
  })
  .meta({ id: 'RecognitionRequest' });
export type RecognitionRequest = z.infer<typeof RecognitionRequest>;

/** POST /v1/recognition/cases/{id}/decision (officer). */
export const DecisionRequest = z
  .strictObject({
    outcome: Outcome,
    findings: Findings,
    reasons: z.string().trim().min(1).max(4000),
    credit: Credit.optional(),
  })
  .meta({ id: 'DecisionRequest' });
export type DecisionRequest = z.infer<typeof DecisionRequest>;

/** A credential as the officer sees it: what is needed for the five criteria, and its state now. */
export const CaseCredential = z
  .object({
    id: z.string(),
    title: z.string(),
    description: z.string(),
    issuer: Party,
    issuedAt: Time,
    criteria: z.string(),
    credit: Credit.optional(),
    eqfLevel: z.int().optional(),
    workloadHours: z.number().optional(),
    learningOutcomes: z.array(z.string()),
    state: z.enum(['valid', 'withdrawn', 'expired']),
  })
  .meta({ id: 'CaseCredential' });
export type CaseCredential = z.infer<typeof CaseCredential>;

export const RecognitionCase = z
  .object({
    id: z.string(),
    institution: Party,
    state: z.enum(['requested', 'decided']),
    purpose: z.string(),
    requestedAt: Time,
    credentials: z.array(CaseCredential),
    decision: z
      .object({
        outcome: Outcome,
        findings: z.record(Criterion, Finding),
        reasons: z.string(),
        credit: Credit.optional(),
        decidedAt: Time,
      })
      .optional(),
  })
  .meta({ id: 'RecognitionCase' });
export type RecognitionCase = z.infer<typeof RecognitionCase>;
export const RecognitionCases = z
  .object({ data: z.array(RecognitionCase) })
  .meta({ id: 'RecognitionCases' });
export type RecognitionCases = z.infer<typeof RecognitionCases>;
