/** Stable; each has a text for people in the verification context. */
export type FindingCode =
  // integrity
  | 'signature-fits'
  | 'signature-does-not-fit'
  | 'undefined-terms'
  | 'proof-missing'
  | 'proof-malformed'
  | 'proof-unsupported'
  | 'context-missing'
  | 'context-inline'
  | 'context-unknown'
  | 'form-unusual'
  | 'too-complex'
  | 'key-unknown'
  // signer
  | 'key-of-issuer'
  | 'key-of-somebody-else'
  | 'key-not-for-credentials'
  | 'key-not-found'
  | 'proof-expired'
  | 'proof-in-future'
  | 'issuer-not-found'
  | 'issuer-unresolvable'
  | 'signature-not-checked';

export interface Finding {
  readonly result: 'pass' | 'fail' | 'could-not-check';
  readonly code: FindingCode;
  readonly detail?: string;
}

export interface Findings {
  readonly integrity: Finding;
  readonly signer: Finding;
}

const badness = { pass: 0, 'could-not-check': 1, fail: 2 } as const;

/** The worst of some findings; at least one. */
export const worstOf = (findings: readonly Finding[]): Finding =>
  findings.reduce((worst, finding) =>
    badness[finding.result] > badness[worst.result] ? finding : worst,
  );

/** What the libraries mean by the error with which a proof did not verify. */
export const proofFailure = (error: unknown): Finding => {
  const { name, message } = error instanceof Error ? error : { name: '', message: '' };
  // JSON-LD safe mode: a word that no context defines would be dropped, unsigned.
  if (name === 'jsonld.ValidationError') return { result: 'fail', code: 'undefined-terms' };
  // RDFC-1.0 §7: documents made to keep a canonicaliser busy.
  if (message.includes('deep iterations'))
    return { result: 'could-not-check', code: 'too-complex' };
  return { result: 'fail', code: 'signature-does-not-fit' };
};
