import './scoped-context-cache.js';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import { z } from 'zod';
import { contextTrouble } from './contexts-used.js';
import {
  type ControllerDocument,
  didKeyDocument,
  methodDocument,
  type Resolution,
  type ResolveController,
  type VerificationMethod,
} from './controller-document.js';
import { documentLoader } from './load-document.js';
import { type Finding, type Findings, proofFailure, worstOf } from './findings.js';
import type { Credential } from './sign-credential.js';

const PROOFS_MAX = 8;
/** How far the clocks of a signer and ours may differ. */
const CLOCK_SKEW_MS = 5 * 60_000;

const Proof = z.looseObject({
  type: z.literal('DataIntegrityProof'),
  cryptosuite: z.literal('eddsa-rdfc-2022'),
  verificationMethod: z.string().max(2048),
  proofPurpose: z.string(),
  proofValue: z.string().max(256),
  created: z.iso.datetime({ offset: true }).optional(),
  expires: z.iso.datetime({ offset: true }).optional(),
});
type Proof = z.infer<typeof Proof>;

const Issuer = z.union([z.string(), z.looseObject({ id: z.string() }).transform(({ id }) => id)]);
/** The id of a credential's issuer, in either form; undefined if there is none. */
export const issuerIdOf = (credential: Credential): string | undefined =>
  Issuer.safeParse(credential['issuer']).data;

/**
 * Verifies the proof of a credential (VC Data Integrity 1.0 §4.2, eddsa-rdfc-2022) and says what
 * was found about each question apart:
 * - integrity: does the signature fit every word of it?
 * - signer: is the key one of the issuer's, for assertions, and in time?
 *
 * Dates and status are not looked at. Every proof of our kind must fit; proofs of other kinds are
 * passed over. In: JSON whose size and depth the caller has bounded; `resolveController` answers
 * for what did:key does not say by itself. Never throws for a bad credential; throws what
 * `resolveController` throws.
 */
export const verifyCredential = async ({
  credential,
  resolveController,
  now,
}: {
  readonly credential: Credential;
  readonly resolveController: ResolveController;
  readonly now: Date;
}): Promise<Findings> => {
  const trouble = contextTrouble(credential);
  if (trouble) return stopped('could-not-check', trouble.code, 'url' in trouble ? trouble.url : '');
  const all: readonly unknown[] = [credential['proof'] ?? []].flat();
  if (all.length === 0) return stopped('fail', 'proof-missing');
  if (all.length > PROOFS_MAX) return stopped('could-not-check', 'proof-unsupported');
  const ours = all.filter(isOurKind);
  if (ours.length === 0) return stopped('could-not-check', 'proof-unsupported');

  const checked: Findings[] = [];
  for (const candidate of ours) {
    const proof = Proof.safeParse(candidate).data;
    if (!proof) return stopped('fail', 'proof-malformed');
    // Proof chains are not implemented, and passing over a link would break what it promises.
    if ('previousProof' in proof) return stopped('could-not-check', 'proof-unsupported');
    checked.push(await checkProof({ credential, proof, resolveController, now }));
  }
  const integrity = worstOf(checked.map((findings) => findings.integrity));
  const bySomebody = checked.map(({ signer }) => signer);
  const signer = bySomebody.find(({ result }) => result === 'pass') ?? worstOf(bySomebody);
  return { integrity, signer };
};

const isOurKind = (proof: unknown): boolean =>
  typeof proof === 'object' &&
  proof !== null &&
  'type' in proof &&
  proof.type === 'DataIntegrityProof' &&
  'cryptosuite' in proof &&
  proof.cryptosuite === cryptosuite.name;

const stopped = (
  result: 'fail' | 'could-not-check',
  code: Finding['code'],
  detail = '',
): Findings => ({
  integrity: { result, code, ...(detail === '' ? {} : { detail }) },
  signer: { result: 'could-not-check', code: 'signature-not-checked' },
});

interface ProofCheck {
  readonly credential: Credential;
  readonly proof: Proof;
  readonly resolveController: ResolveController;
  readonly now: Date;
}

const checkProof = async (check: ProofCheck): Promise<Findings> => {
  const { proof, credential } = check;
  const controllerId = proof.verificationMethod.split('#')[0] ?? '';
  const resolution = await resolve(controllerId, check.resolveController);
  if (resolution.state !== 'found') {
    const code =
      resolution.state === 'not-found'
        ? ('issuer-not-found' as const)
        : ('issuer-unresolvable' as const);
    return {
      integrity: { result: 'could-not-check', code: 'key-unknown' },
      signer: { result: 'could-not-check', code },
    };
  }
  const { document } = resolution;
  const method = document.verificationMethod.find(({ id }) => id === proof.verificationMethod);
  if (!method)
    return {
      integrity: { result: 'could-not-check', code: 'key-unknown' },
      signer: { result: 'fail', code: 'key-not-found' },
    };
  return {
    integrity: await checkSignature(credential, proof, method),
    signer: checkSigner(check, document, method),
  };
};

const resolve = async (id: string, resolveController: ResolveController): Promise<Resolution> => {
  const document = didKeyDocument(id);
  return document ? { state: 'found', document } : resolveController(id);
};

const checkSignature = async (
  credential: Credential,
  proof: Proof,
  method: VerificationMethod,
): Promise<Finding> => {
  const document: Record<string, unknown> = { ...credential };
  delete document['proof'];
  const loader = documentLoader(new Map([[method.id, methodDocument(method)]]));
  const suite = new DataIntegrityProof({ cryptosuite });
  const { verified, error } = await suite.verifyProof({
    // The proof's own words are read by the contexts of the document (VC Data Integrity §2.4.1).
    proof: { '@context': document['@context'], ...proof },
    document,
    documentLoader: loader,
  });
  return verified ? { result: 'pass', code: 'signature-fits' } : proofFailure(error);
};

const fail = (code: Finding['code']): Finding => ({ result: 'fail', code });

const checkSigner = (
  { credential, proof, now }: ProofCheck,
  document: ControllerDocument,
  method: VerificationMethod,
): Finding => {
  if (proof.proofPurpose !== 'assertionMethod' || !document.assertionMethod.includes(method.id))
    return fail('key-not-for-credentials');
  if (method.controller !== document.id || issuerIdOf(credential) !== document.id)
    return fail('key-of-somebody-else');
  if (proof.expires !== undefined && Date.parse(proof.expires) < now.getTime())
    return fail('proof-expired');
  if (proof.created !== undefined && Date.parse(proof.created) > now.getTime() + CLOCK_SKEW_MS)
    return fail('proof-in-future');
  return { result: 'pass', code: 'key-of-issuer' };
};
