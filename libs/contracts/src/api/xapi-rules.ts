import { z } from 'zod';
import type { Problem } from '../problems.js';
import { ProblemDetails } from './record.js';

const Words = z.array(z.string());

/** GET /v1/xapi-rules: the first rule that applies to a statement decides what it is. */
export const XapiRules = z
  .object({
    /** The vocabularies whose verbs are known by name. */
    vocabularies: Words,
    /** The categories by which a statement is of a profile. */
    profiles: z.record(z.string(), Words),
    /** What an activity is here, by what its type is called. */
    activityTypes: z.record(z.string(), Words),
    rules: z.array(
      z.object({
        id: z.string(),
        when: z.record(z.string(), z.union([z.string(), z.boolean(), Words])),
        /** The verb of the learning event, or `voided`; absent for telemetry. */
        becomes: z.string().optional(),
        activityIs: z.string().optional(),
        /** Why it is telemetry. */
        because: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'XapiRules' });

const rule = z.string();

/** What would become of one statement, and by which rule. */
const XapiDryRunResult = z.discriminatedUnion('becomes', [
  z.object({
    becomes: z.literal('learning'),
    rule,
    /** `data` of the event as it would be recorded, without the learner. */
    event: z.looseObject({ verb: z.string() }),
  }),
  z.object({ becomes: z.literal('voided'), rule, statementId: z.string() }),
  z.object({ becomes: z.literal('telemetry'), rule, because: z.string() }),
  z.object({ becomes: z.literal('refused'), problem: ProblemDetails }),
]);
export type XapiDryRunResult =
  | Exclude<z.infer<typeof XapiDryRunResult>, { becomes: 'refused' }>
  | { readonly becomes: 'refused'; readonly problem: Problem };

/** POST /v1/xapi-rules/dry-run: an answer for each statement, in the order sent. */
export const XapiDryRun = z
  .object({ results: z.array(XapiDryRunResult) })
  .meta({ id: 'XapiDryRun' });
export type XapiDryRun = { readonly results: readonly XapiDryRunResult[] };
