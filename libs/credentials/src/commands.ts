import { AggregateCommand } from '#log';
import type { CredentialCommand } from './domain/credential.js';
import type { IssuerCommand } from './domain/issuer.js';

export class ToIssuer extends AggregateCommand<IssuerCommand> {}
export class ToCredential extends AggregateCommand<CredentialCommand> {}
