import type { Context } from '#log';
import { CreateVerification1764000006000 } from './migrations.js';
import { VerificationModule } from './verification.module.js';

/** Checks credentials for anybody, with reasons. */
export const verification: Context = {
  module: VerificationModule,
  migrations: [CreateVerification1764000006000],
};
