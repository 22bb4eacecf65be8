import type { CheckName, CheckResult } from '#contracts';

/** A row of a report: what a code means in plain words, and what somebody can do about it. */
export interface CheckText {
  readonly check: CheckName;
  readonly result: CheckResult;
  readonly reason: string;
  readonly whatToDo?: string;
}

const ASK_HOLDER = 'Ask the person for the file as the issuer gave it to them.';
const ASK_ISSUER = 'Ask the issuer.';
const NOT_READABLE = 'Ask the person for a credential in the Open Badges 3.0 format.';

/** Every code that a check can give. The text in braces is filled in. */
export const texts = {
  // integrity
  'signature-fits': {
    check: 'integrity',
    result: 'pass',
    reason: 'Nobody changed it: the digital signature fits every word.',
  },
  'signature-does-not-fit': {
    check: 'integrity',
    result: 'fail',
    reason: 'Something in this file was changed after it was signed.',
    whatToDo: ASK_HOLDER,
  },
  'undefined-terms': {
    check: 'integrity',
    result: 'fail',
    reason: 'The file has words in it that the signature does not cover.',
    whatToDo: ASK_HOLDER,
  },
  'proof-missing': {
    check: 'integrity',
    result: 'fail',
    reason: 'The file has no digital signature. Anybody could have written it.',
    whatToDo: ASK_HOLDER,
  },
  'proof-malformed': {
    check: 'integrity',
    result: 'fail',
    reason: 'The digital signature is damaged.',
    whatToDo: ASK_HOLDER,
  },
  'proof-unsupported': {
    check: 'integrity',
    result: 'could-not-check',
    reason: 'The file is signed in a way that we cannot check.',
    whatToDo: NOT_READABLE,
  },
  'context-missing': {
    check: 'integrity',
    result: 'could-not-check',
    reason: 'The file does not say by which rules it is to be read.',
    whatToDo: NOT_READABLE,
  },
  'context-inline': {
    check: 'integrity',
    result: 'could-not-check',
    reason: 'The file brings its own meanings for its words, so we do not read it.',
    whatToDo: NOT_READABLE,
  },
  'context-unknown': {
    check: 'integrity',
    result: 'could-not-check',
    reason: 'The file uses a vocabulary that we do not know.',
    whatToDo: NOT_READABLE,
  },
  'too-complex': {
    check: 'integrity',
    result: 'could-not-check',
    reason: 'The file is too complicated to check.',
    whatToDo: NOT_READABLE,
  },
  'key-unknown': {
    check: 'integrity',
    result: 'could-not-check',
    reason: 'We do not have the key that would show whether it was changed.',
    whatToDo: ASK_ISSUER,
  },
  // signer
  'key-of-issuer': {
    check: 'signer',
    result: 'pass',
    reason: 'It was signed with a key of the issuer.',
  },
  'key-of-somebody-else': {
    check: 'signer',
    result: 'fail',
    reason: 'It was signed with a key that is not the issuer’s.',
    whatToDo: 'Do not rely on it. ' + ASK_ISSUER,
  },
  'key-not-for-credentials': {
    check: 'signer',
    result: 'fail',
    reason: 'The issuer does not use this key for credentials.',
    whatToDo: ASK_ISSUER,
  },
  'key-not-found': {
    check: 'signer',
    result: 'fail',
    reason: 'The issuer publishes no such key.',
    whatToDo: 'Do not rely on it. ' + ASK_ISSUER,
  },
  'proof-expired': {
    check: 'signer',
    result: 'fail',
    reason: 'The signature was valid until a date that is past.',
    whatToDo: ASK_ISSUER,
  },
  'proof-in-future': {
    check: 'signer',
    result: 'fail',
    reason: 'The signature says it was made in the future.',
    whatToDo: ASK_ISSUER,
  },
  'issuer-not-found': {
    check: 'signer',
    result: 'fail',
    reason: 'No issuer of this name is registered here.',
    whatToDo: 'Do not rely on it. Ask the institution that it names.',
  },
  'issuer-unresolvable': {
    check: 'signer',
    result: 'could-not-check',
    reason: 'The issuer publishes its keys elsewhere, and we do not look there.',
    whatToDo: 'Check it where the issuer publishes its keys.',
  },
  'signature-not-checked': {
    check: 'signer',
    result: 'could-not-check',
    reason: 'The signature could not be checked.',
    whatToDo: ASK_HOLDER,
  },
  // issuer
  'issuer-registered': {
    check: 'issuer',
    result: 'pass',
    reason: '{issuer} is registered with this ledger.',
  },
  'issuer-not-registered': {
    check: 'issuer',
    result: 'warning',
    reason: 'The issuer is not known to us. That does not make it wrong.',
    whatToDo: 'Find out for yourself who the issuer is, for example by telephone.',
  },
  // status
  'not-withdrawn': { check: 'status', result: 'pass', reason: 'It has not been withdrawn.' },
  withdrawn: {
    check: 'status',
    result: 'fail',
    reason: 'The issuer withdrew it on {date}: {why}',
    whatToDo: 'Do not rely on it. ' + ASK_ISSUER,
  },
  'status-elsewhere': {
    check: 'status',
    result: 'could-not-check',
    reason: 'Whether it was withdrawn is published elsewhere, and we do not look there.',
    whatToDo: ASK_ISSUER,
  },
  'status-none': {
    check: 'status',
    result: 'pass',
    reason: 'The issuer has not provided for withdrawing it.',
  },
  'status-malformed': {
    check: 'status',
    result: 'could-not-check',
    reason: 'What it says about its status cannot be read.',
    whatToDo: ASK_ISSUER,
  },
  'status-unknown': {
    check: 'status',
    result: 'could-not-check',
    reason: 'The status list has no such entry yet.',
    whatToDo: 'Try again in a minute.',
  },
  // dates
  'in-time': {
    check: 'dates',
    result: 'pass',
    reason: 'It is valid since {from}, with no end date.',
  },
  'in-time-until': {
    check: 'dates',
    result: 'pass',
    reason: 'It is valid from {from} until {until}.',
  },
  expired: {
    check: 'dates',
    result: 'fail',
    reason: 'It was valid until {until}.',
    whatToDo: 'Ask the person whether it was renewed.',
  },
  'not-yet-valid': {
    check: 'dates',
    result: 'fail',
    reason: 'It is valid from {from} only.',
    whatToDo: 'Check it again after that date.',
  },
  'dates-malformed': {
    check: 'dates',
    result: 'fail',
    reason: 'Its dates are not dates.',
    whatToDo: ASK_ISSUER,
  },
  'dates-missing': {
    check: 'dates',
    result: 'warning',
    reason: 'It does not say since when it is valid.',
    whatToDo: ASK_ISSUER,
  },
  // ledger
  recorded: {
    check: 'ledger',
    result: 'pass',
    reason: 'It is recorded in this ledger, word for word.',
  },
  'not-recorded': {
    check: 'ledger',
    result: 'warning',
    reason: 'It is not recorded in this ledger.',
    whatToDo: 'If it was issued a moment ago, try again.',
  },
  'recorded-otherwise': {
    check: 'ledger',
    result: 'fail',
    reason: 'The ledger holds another text under this number.',
    whatToDo: ASK_ISSUER,
  },
  // complete
  complete: {
    check: 'complete',
    result: 'pass',
    reason: 'All that Open Badges 3.0 asks for is there.',
  },
  incomplete: {
    check: 'complete',
    result: 'warning',
    reason: 'It lacks what Open Badges 3.0 asks for: {missing}.',
    whatToDo: ASK_ISSUER,
  },
} as const satisfies Record<string, CheckText>;

export type TextCode = keyof typeof texts;
