import { identityProblems } from './identity-problems.js';

/** Every problem we answer with (RFC 9457): its status, its title and what the reader can do. */
export interface ProblemRow {
  readonly status: number;
  readonly title: string;
  readonly whatToDo: string;
}

export const problems = {
  'invalid-input': {
    status: 400,
    title: 'The input is not as it should be.',
    whatToDo: 'Correct what "errors" points at and send it again.',
  },
  'malformed-json': {
    status: 400,
    title: 'The body is not JSON.',
    whatToDo: 'Check the body with a JSON validator and send it again.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'This media type is not understood here.',
    whatToDo: 'Send one of the media types that the API description lists for this address.',
  },
  'too-large': {
    status: 413,
    title: 'The input is larger than the limit.',
    whatToDo: 'Send less at a time. The limit is in "detail".',
  },
  'not-signed-in': {
    status: 401,
    title: 'You are not signed in.',
    whatToDo: 'Sign in, or send a valid token in the Authorization header.',
  },
  'not-allowed': {
    status: 403,
    title: 'Your role may not do this.',
    whatToDo: 'Sign in with an account that has the role, or ask your administrator.',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing at this address.',
    whatToDo: 'Check the address. What was erased or never existed is answered alike.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This address does not know that method.',
    whatToDo: 'Use one of the methods that the API description lists for this address.',
  },
  'concurrent-change': {
    status: 409,
    title: 'This was changed by somebody else meanwhile.',
    whatToDo: 'Load it again, look at the change, and try again.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'This Idempotency-Key was used for another request.',
    whatToDo: 'Send what you sent first, or choose a new key.',
  },
  unavailable: {
    status: 503,
    title: 'A part of the system is away for a moment.',
    whatToDo: 'Try again after the seconds in the Retry-After header. Nothing was lost.',
  },
  'log-not-trusted': {
    status: 503,
    title: 'This database is not the log that was published, so nothing is recorded in it.',
    whatToDo:
      'Send it again later. Who runs the ledger finds what to do in docs/operations.md, "The log is not as published".',
  },
  'entry-not-published': {
    status: 404,
    title: 'The log as published has no such entry yet.',
    whatToDo: 'If you hold a receipt for it, ask again at the time in "detail".',
  },
  'internal-error': {
    status: 500,
    title: 'Something went wrong on our side.',
    whatToDo: 'Try again. If it stays, tell us the requestId.',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many tries.',
    whatToDo: 'Wait for the seconds in the Retry-After header.',
  },
  // Recording
  'caliper-version-unknown': {
    status: 422,
    title: 'This version of Caliper is not read here.',
    whatToDo: 'Send Caliper 1.2 (or 1.1), with the IRI of its context as "dataVersion".',
  },
  'quota-exceeded': {
    status: 429,
    title: 'Your client has sent more events than its quota allows in a minute.',
    whatToDo: 'Nothing was recorded. Send it again after the seconds in the Retry-After header.',
  },
  'nothing-to-retry': {
    status: 409,
    title: 'Nothing of this delivery is kept to be sent again.',
    whatToDo: 'Send the events anew. What is refused is kept for seven days, up to a limit.',
  },
  'event-conflict': {
    status: 409,
    title: 'An event with this source and id was recorded with other content.',
    whatToDo: 'Nothing was changed. To correct an event, send a new id with "supersedes".',
  },
  'event-erased': {
    status: 410,
    title: 'This event was recorded for a learner who has since been erased.',
    whatToDo: 'Do not send it again.',
  },
  'already-superseded': {
    status: 409,
    title: 'Another event corrects that one already.',
    whatToDo: 'Nothing was changed. Corrections form a chain: correct the latest of it.',
  },
  'score-not-newer': {
    status: 409,
    title: 'A score of this person in this line item with a timestamp as late is recorded.',
    whatToDo: 'Nothing was changed. A score counts only if its timestamp is later than the last.',
  },
  'void-of-void': {
    status: 422,
    title: 'A void cannot be voided.',
    whatToDo: 'Nothing was changed. Send what is true as a new event, with a new id.',
  },
  'source-not-yours': {
    status: 403,
    title: 'This source does not belong to your client.',
    whatToDo: 'Use a source that is registered for you, or have this one registered.',
  },
  'assurance-too-high': {
    status: 403,
    title: 'Your client may not claim this level of assurance.',
    whatToDo: 'Send a lower assurance level, or have the client registered for a higher one.',
  },
  'time-in-future': {
    status: 400,
    title: 'The event lies more than 24 hours in the future.',
    whatToDo: 'Check the clock of the sending system.',
  },
  'precondition-failed': {
    status: 412,
    title: 'The document is not as If-Match or If-None-Match expects it.',
    whatToDo: 'Nothing was changed. Load the document again, look at it, and send its new ETag.',
  },
  'document-exists': {
    status: 409,
    title: 'There is a document already, and the request does not say that it knows it.',
    whatToDo:
      'Nothing was changed. Load the document, and send its ETag in If-Match to replace it.',
  },
  'client-unknown': {
    status: 403,
    title: 'No client is registered for this topic.',
    whatToDo: 'Have the client registered; its operator can then try the dead letters again.',
  },
  'alias-unknown': {
    status: 400,
    title: 'This alias was not given to you.',
    whatToDo: 'Name the learner by account, DID or mail hash instead.',
  },
  'imports-full': {
    status: 409,
    title: 'Too many of your files are lying here already.',
    whatToDo: 'Confirm or delete earlier uploads, or wait until they are read. Then upload again.',
  },
  'import-incomplete': {
    status: 422,
    title: 'It is not yet said what all the columns mean.',
    whatToDo: 'Say what "errors" points at, look at the preview, and confirm again.',
  },
  'import-started': {
    status: 409,
    title: 'This import does not wait any more.',
    whatToDo: 'Look at its job to see how far it is.',
  },
  'import-withdrawn': {
    status: 409,
    title: 'This upload was withdrawn: a learner whom you know was erased meanwhile.',
    whatToDo:
      'Upload it again, without the rows of whoever was erased. What is recorded is not recorded twice.',
  },
  ...identityProblems,
  // Accumulation
  'achievement-exists': {
    status: 409,
    title: 'An achievement with this id is defined by somebody else.',
    whatToDo: 'Choose another id.',
  },
  // Credentials
  'credential-unknown': {
    status: 404,
    title: 'You have issued no such credential.',
    whatToDo: 'Check the id in your list of credentials.',
  },
  'already-revoked': {
    status: 409,
    title: 'This credential was already withdrawn.',
    whatToDo: 'Nothing more is needed.',
  },
  // Wallet
  'share-stopped': {
    status: 410,
    title: 'This share has stopped.',
    whatToDo: 'Ask the person who gave you the link for a new one.',
  },
  'share-date-past': {
    status: 422,
    title: 'The date on which the share stops is not in the future.',
    whatToDo: 'Choose a later date.',
  },
  'credential-not-yours': {
    status: 404,
    title: 'There is no such credential in your wallet.',
    whatToDo: 'Choose from the credentials in your wallet.',
  },
  // Recognition
  'institution-unknown': {
    status: 422,
    title: 'This institution does not recognise learning here.',
    whatToDo: 'Choose one from the list of recognising institutions.',
  },
  'decision-needs-human': {
    status: 403,
    title: 'Only a person can decide on recognition.',
    whatToDo: 'Let a recognition officer decide.',
  },
  'criteria-incomplete': {
    status: 422,
    title: 'Not all five criteria were compared.',
    whatToDo: 'Give a finding for level, workload, quality, profile and learning outcomes.',
  },
  'difference-not-substantial': {
    status: 422,
    title: 'A refusal needs a substantial difference, with reasons.',
    whatToDo:
      'Name at least one criterion with a substantial difference, say why it matters for the purpose and point to the evidence; or recognise.',
  },
  'difference-contradicts': {
    status: 422,
    title: 'A full recognition cannot rest on a substantial difference.',
    whatToDo: 'Decide Partially Positive or Negative, or change the finding.',
  },
  'already-decided': {
    status: 409,
    title: 'This request has been decided.',
    whatToDo: 'The learner can appeal or ask anew.',
  },
  // Transfer
  'profile-incomplete': {
    status: 422,
    title: 'A transcript needs your name.',
    whatToDo: 'Add your given name and family name to your profile first.',
  },
  'nothing-to-transfer': {
    status: 422,
    title: 'There is no valid credential to put on a transcript.',
    whatToDo: 'Come back when a provider has issued you a credential.',
  },
} as const satisfies Record<string, ProblemRow>;

export type ProblemCode = keyof typeof problems;

/** Problem details (RFC 9457 §3) as every error is answered, with our extension members. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly whatToDo: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  readonly requestId?: string;
}

/** The problem for a code. Input: a code of the table; unknown ones become `internal-error`. */
export const problemOf = (
  code: string,
  detail?: string,
  errors: Problem['errors'] = [],
): Problem => {
  const known: ProblemCode = code in problems ? (code as ProblemCode) : 'internal-error';
  const { status, title, whatToDo } = problems[known];
  return {
    type: `urn:learning-ledger:problem:${known}`,
    title,
    status,
    code: known,
    ...(detail === undefined ? {} : { detail }),
    whatToDo,
    ...(errors.length > 0 ? { errors } : {}),
  };
};
