import type { Context } from '#log';
import { CredentialsModule } from './credentials.module.js';
import { CreateCredentials1764000007000 } from './migrations.js';

/** Certifies what was learnt, in the provider's name: Open Badges 3.0, DIDs, status lists. */
export const credentials: Context = {
  module: CredentialsModule,
  migrations: [CreateCredentials1764000007000],
};
