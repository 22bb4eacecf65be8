import type { Context } from '#log';
import { CreateVerification1764000008000 } from './migrations.js';
import { VerificationModule } from './verification.module.js';

/** Checks credentials, ours and others', and says in plain words what was found. */
export const verification: Context = {
  module: VerificationModule,
  migrations: [CreateVerification1764000008000],
};
