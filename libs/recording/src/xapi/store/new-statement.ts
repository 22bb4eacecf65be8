import type { Client, Receipt } from '#contracts';
import type { Submission } from '../../content.js';
import type { Statement } from '../../domain/xapi-statement.js';
import type { AttachmentContent } from '../multipart.js';
import type { Parts } from './parts.js';
import type { Sealed } from './sealed-statements.js';
import type { Token } from './tokens.js';

/** A statement that passed all checks, as it will be kept. */
export interface NewStatement {
  /** In lower case; the store's own where none was sent. */
  readonly id: string;
  readonly statement: Statement;
  readonly attachments: readonly AttachmentContent[];
  /** What the ledger records of it; absent for what earns nothing. */
  readonly submission?: Submission;
}

/** The same, sealed and with what it is found by. */
export interface SealedStatement extends NewStatement {
  readonly sealed: Sealed;
  readonly tokens: readonly Token[];
  readonly target?: string;
  readonly isVoid: boolean;
  readonly described?: Parts['described'];
}

/** One request: stored whole or not at all. */
export interface Batch {
  readonly client: Client;
  readonly statements: readonly SealedStatement[];
}

/** What became of a statement. The receipt is for what is in the ledger. */
export interface Stored {
  readonly id: string;
  readonly receipt?: Receipt;
}
