import type { FindingCode } from '#vc';
import type { Paper } from './reading.js';

/** Why nothing is proven, in plain words. */
export interface NotProven {
  readonly detail: string;
}

/** Who is proven to have issued it, as an IRI: the key that signed, or the address that publishes. */
export interface Signer {
  readonly signer: string;
  readonly by: 'key' | 'address';
}

/**
 * What is known of whether its issuer has withdrawn it: that it has not; nothing, as that is published
 * in a way that is not read here, or is not there, or nobody is asked here; nothing, as it names no place
 * where to ask.
 */
export type Standing = 'stands' | 'unknown' | 'unsaid';

/** A paper whose proof fits, and that was not withdrawn. It may hold more than what was handed in. */
export interface Proven extends Signer {
  readonly paper: Paper;
  readonly standing: Standing;
}

/** Why a credential is refused, for every finding that is not a pass. */
const REASONS: Readonly<Partial<Record<FindingCode, string>>> = {
  'signature-does-not-fit': 'The text is not what was signed: something in it was changed.',
  'undefined-terms': 'It uses words that nobody has defined, so no signature can cover them.',
  'proof-missing': 'It is not signed.',
  'proof-malformed': 'Its signature is damaged.',
  'proof-unsupported': 'It is signed in a way that is not read here; eddsa-rdfc-2022 is.',
  'context-missing': 'It is not a Verifiable Credential of version 2.0.',
  'context-inline': 'It brings meanings of its own for its words.',
  'context-unknown': 'It uses a vocabulary that is not held here, and nothing is fetched.',
  'form-unusual': 'It is written in a form in which parts of it could be hidden from a reader.',
  'too-complex': 'It is built in a way that takes too long to check.',
  'key-unknown':
    'The key that signed it is neither in it nor published in a way that is read here.',
  'key-of-somebody-else': 'It was signed, but not by the issuer that it names.',
  'key-not-for-credentials': 'It was signed with a key that is not meant for credentials.',
  'key-not-found': 'The issuer that it names has no such key.',
  'proof-expired': 'Its signature has run out.',
  'proof-in-future': 'Its signature is dated in the future.',
};
export const reason = (code: FindingCode): NotProven => ({
  detail: REASONS[code] ?? 'It cannot be checked.',
});
