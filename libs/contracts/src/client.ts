import { z } from 'zod';
import { AssuranceLevel, LearningContext, ProviderType } from './learning-event.js';

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
    /** How much it may send; if absent, what the recorder is set to. */
    quota: z.strictObject({ eventsPerMinute: z.int().positive().max(1_000_000_000) }).optional(),
  })
  .meta({ id: 'Client' });
export type Client = z.infer<typeof Client>;
