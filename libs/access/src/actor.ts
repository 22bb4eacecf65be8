import type { Role } from '#contracts';

/**
 * Who is asking. For a provider `id` is the client's id; for a person `per_…`. `system` is nobody:
 * what runs by itself has no actor and may not decide about people.
 */
export interface Actor {
  readonly id: string;
  readonly role: Role;
  /** The client (provider, university, employer) for which the actor acts. */
  readonly organisation?: string;
}
