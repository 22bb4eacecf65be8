import type { CheckName, CheckResult } from '#contracts';

interface CheckRow {
  readonly check: CheckName;
  readonly result: CheckResult;
  /** Plain words; `{name}` is filled in. */
  readonly reason: string;
  /** For whoever holds the file in their hands; nothing where all is well. */
  readonly whatToDo?: string;
}

const pass = (check: CheckName, reason: string): CheckRow => ({ check, result: 'pass', reason });
const row =
  (result: Exclude<CheckResult, 'pass'>) =>
  (check: CheckName, reason: string, whatToDo: string): CheckRow => ({
    check,
    result,
    reason,
    whatToDo,
  });
const warning = row('warning');
const fail = row('fail');
const unknown = row('could-not-check');

const ASK_FOR_ORIGINAL = 'Do not rely on it. Ask the person for the original file.';
const ASK_ISSUER = 'Ask the issuer, under an address that you found yourself, not one in the file.';
const TRY_AGAIN = 'Try again in a minute. If it stays so, ask the issuer.';

/** Every finding there can be: which check it belongs to, how it counts, and its words. */
export const checkTable = {
  // 1 Nobody changed it
  'signature-fits': pass('integrity', 'The digital signature fits the text exactly.'),
  'signature-does-not-fit': fail(
    'integrity',
    'The text is not what was signed: something in it was changed.',
    ASK_FOR_ORIGINAL,
  ),
  'differs-from-ledger': fail(
    'integrity',
    'A credential with this id was issued here, and it said something else.',
    ASK_FOR_ORIGINAL,
  ),
  'undefined-terms': fail(
    'integrity',
    'It uses words that nobody has defined, so no signature can cover them.',
    ASK_FOR_ORIGINAL,
  ),
  'proof-missing': fail('integrity', 'It is not signed.', ASK_FOR_ORIGINAL),
  'proof-malformed': fail('integrity', 'Its signature is damaged.', ASK_FOR_ORIGINAL),
  'proof-unsupported': unknown(
    'integrity',
    'It is signed in a way that we do not read.',
    'Ask for it signed with eddsa-rdfc-2022, or check it with the issuer’s own tool.',
  ),
  'context-missing': unknown(
    'integrity',
    'It is not a Verifiable Credential (version 2.0), so there is nothing to check.',
    'Check that you have the right file: it begins with "@context".',
  ),
  'context-inline': unknown(
    'integrity',
    'It brings meanings of its own for its words, and we only read words with public meanings.',
    ASK_ISSUER,
  ),
  'context-unknown': unknown(
    'integrity',
    'It uses a vocabulary that we do not hold: {url}. We never fetch what a file points at.',
    ASK_ISSUER,
  ),
  'form-unusual': unknown(
    'integrity',
    'It is written in a form in which parts of it could be hidden from a reader.',
    ASK_ISSUER,
  ),
  'too-complex': unknown(
    'integrity',
    'It is built in a way that takes too long to check.',
    ASK_ISSUER,
  ),
  'key-unknown': unknown(
    'integrity',
    'We do not have the key that is said to have signed it.',
    ASK_ISSUER,
  ),

  // 2 Who signed it
  'key-of-issuer': pass('signer', 'It was signed with a key of the issuer that it names.'),
  'key-of-somebody-else': fail(
    'signer',
    'It was signed, but not by the issuer that it names.',
    ASK_FOR_ORIGINAL,
  ),
  'key-not-for-credentials': fail(
    'signer',
    'It was signed with a key that is not meant for credentials.',
    ASK_FOR_ORIGINAL,
  ),
  'key-not-found': fail('signer', 'The issuer that it names has no such key.', ASK_FOR_ORIGINAL),
  'proof-expired': fail('signer', 'Its signature has run out.', ASK_FOR_ORIGINAL),
  'proof-in-future': fail('signer', 'Its signature is dated in the future.', ASK_FOR_ORIGINAL),
  'issuer-not-found': unknown('signer', 'No such issuer is registered here.', TRY_AGAIN),
  'issuer-unresolvable': unknown(
    'signer',
    'The issuer publishes its keys elsewhere, and we do not fetch them.',
    ASK_ISSUER,
  ),
  'signature-not-checked': unknown(
    'signer',
    'As the signature could not be checked, we cannot say who signed it.',
    ASK_ISSUER,
  ),

  // 3 Is the issuer known
  'issuer-registered': pass('issuer', '{name} is registered with this ledger.'),
  'issuer-unknown': warning(
    'issuer',
    'We do not know this issuer. Whoever signed it chose the name in it.',
    'Find out by other means who this issuer is before you rely on it.',
  ),
  'issuer-not-yet-here': unknown(
    'issuer',
    'The issuer signs with a key of this ledger, but its registration is not here yet.',
    TRY_AGAIN,
  ),

  // 4 Still valid
  'in-force': pass('status', 'It has not been withdrawn.'),
  withdrawn: fail(
    'status',
    'The issuer withdrew it on {day}. Reason given: {reason}',
    'Do not rely on it. Ask the person whether there is a newer one.',
  ),
  'status-absent': warning(
    'status',
    'It does not say where to ask whether it was withdrawn.',
    'If it matters, ask the issuer whether it still stands.',
  ),
  'status-elsewhere': unknown(
    'status',
    'Whether it was withdrawn is published elsewhere, and we do not fetch that.',
    ASK_ISSUER,
  ),
  'status-unreadable': unknown(
    'status',
    'It says where to ask whether it was withdrawn in a way that we do not read.',
    ASK_ISSUER,
  ),

  // 5 Dates
  'no-end-date': pass('dates', 'Valid since {from}. No end date.'),
  'within-dates': pass('dates', 'Valid from {from} until {until}.'),
  expired: fail('dates', 'It ran out on {until}.', 'Ask the person whether it was renewed.'),
  'not-yet-valid': fail('dates', 'It is valid from {from} only.', 'Check it again after that day.'),
  'dates-unreadable': unknown('dates', 'Its dates cannot be read.', ASK_ISSUER),

  // 6 In the ledger
  'in-ledger': pass('ledger', 'This ledger recorded that it was issued, word for word.'),
  'ledger-other-form': warning(
    'ledger',
    'This ledger recorded it in another form. The signature fits both.',
    'Nothing, unless you need the file exactly as it was issued: then ask for the original.',
  ),
  'not-in-ledger': warning(
    'ledger',
    'This ledger has no record of it. It is very new, or its holder has been erased.',
    TRY_AGAIN,
  ),
  'ledger-elsewhere': unknown(
    'ledger',
    'It was not issued here, so it is in no record of ours.',
    'Nothing: this check is only for credentials that were issued here.',
  ),

  // 7 Complete
  complete: pass('complete', 'All fields that Open Badges 3.0 asks for are there.'),
  'fields-missing': fail(
    'complete',
    'Fields that Open Badges 3.0 asks for are missing: {fields}.',
    'Ask the issuer for a complete one.',
  ),
  'not-an-open-badge': warning(
    'complete',
    'It is a credential, but not an Open Badge about an achievement.',
    'Read for yourself what it says.',
  ),
} as const satisfies Record<string, CheckRow>;

export type CheckCode = keyof typeof checkTable;
