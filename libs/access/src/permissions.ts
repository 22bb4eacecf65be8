import type { Role } from '#contracts';

/**
 * Who may do what, in one table. Every endpoint names its permission; an endpoint without one does
 * not start. `public` asks for nothing.
 */
export const permissions = {
  'read-public': 'public',
  'sign-in': 'public',
  'check-credential': 'public',
  'read-share': 'public',
  /** Between the processes of one installation: the vault checks a token of its own. */
  'call-vault': 'public',

  'read-own-account': ['provider', 'learner', 'officer', 'employer', 'admin'],

  'record-events': ['provider'],
  'import-files': ['provider'],
  'read-deliveries': ['provider'],
  'create-claim-codes': ['provider'],
  'release-accounts': ['provider'],
  'name-correctors': ['provider'],
  'define-achievements': ['provider'],
  'manage-credentials': ['provider'],

  'report-own-learning': ['learner'],
  'claim-accounts': ['learner'],
  'merge-own-records': ['learner'],
  'read-own-record': ['learner'],
  'share-own-credentials': ['learner'],
  'edit-own-profile': ['learner'],
  'erase-oneself': ['learner'],
  'request-recognition': ['learner'],

  'read-recognition-cases': ['learner', 'officer'],
  'decide-recognition': ['officer'],

  'audit-log': ['auditor', 'admin'],

  'register-clients': ['admin'],
  'invite-people': ['admin'],
} as const satisfies Record<string, 'public' | readonly Role[]>;

export type Permission = keyof typeof permissions;
