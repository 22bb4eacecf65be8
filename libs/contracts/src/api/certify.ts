import { z } from 'zod';
import { AchievementDefinition } from '../achievement.js';

const Time = z.iso.datetime({ offset: true });

/** A published definition: GET /v1/achievements, GET /v1/achievements/{id} (public). */
export const Achievement = z
  .object({ provider: z.string(), version: z.int().positive(), definition: AchievementDefinition })
  .meta({ id: 'Achievement' });
export type Achievement = z.infer<typeof Achievement>;
export const Achievements = z.object({ data: z.array(Achievement) }).meta({ id: 'Achievements' });

/** A credential as its issuer sees it (GET /v1/credentials): no name, no alias. */
export const IssuedCredential = z
  .object({
    id: z.string(),
    title: z.string(),
    issuedAt: Time,
    state: z.enum(['valid', 'withdrawn', 'erased']),
    revokedAt: Time.optional(),
  })
  .meta({ id: 'IssuedCredential' });
export type IssuedCredential = z.infer<typeof IssuedCredential>;
export const IssuedCredentials = z
  .object({ data: z.array(IssuedCredential), nextCursor: z.string().nullable() })
  .meta({ id: 'IssuedCredentials' });
export type IssuedCredentials = z.infer<typeof IssuedCredentials>;

/** POST /v1/credentials/{id}/revoke (provider). The reason is public: no personal data in it. */
export const RevocationRequest = z
  .strictObject({ reason: z.string().trim().min(1).max(200) })
  .meta({ id: 'RevocationRequest' });
export const Revocation = z.object({ id: z.string(), revokedAt: Time }).meta({ id: 'Revocation' });
