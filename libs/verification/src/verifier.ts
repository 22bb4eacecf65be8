import { Injectable } from '@nestjs/common';
import { Clock, PublicUrl } from '#kernel';
import type { Check, Verification } from '#contracts';
import {
  type Credential,
  type FindingCode,
  issuerIdOf,
  readAchievementCredential,
  sha256OfJson,
  verifyCredential,
} from '#vc';
import { check } from './domain/check.js';
import type { CheckCode } from './domain/check-table.js';
import { completeCheck } from './domain/complete.js';
import {
  datesCheck,
  integrityCheck,
  issuerCheck,
  type IssuerEvidence,
  ledgerCheck,
  type Revocation,
  statusCheck,
} from './domain/evidence.js';
import { shownChecks, verdictOf } from './domain/verdict.js';
import { Registry } from './registry.js';
import { statusPointer } from './status-pointer.js';

/** Each finding of the cryptography has its words: this does not compile without. */
const codeOf = (code: FindingCode): CheckCode => code;

/** Checks credentials: gathers the evidence, and lets the domain judge it. */
@Injectable()
export class Verifier {
  constructor(
    private readonly registry: Registry,
    private readonly clock: Clock,
    private readonly publicUrl: PublicUrl,
  ) {}

  /** In: a credential within the limits of `parseCredential`. Never throws for a bad one. */
  async verify(credential: Credential): Promise<Verification> {
    const now = this.clock.now();
    const { registry } = this;
    const { resolveController } = registry;
    const { integrity, signer } = await verifyCredential({ credential, resolveController, now });
    const issuer = await registry.issuer(issuerIdOf(credential));
    const recorded = await registry.recorded(credential['id']);
    const ledger = {
      issuedHere: issuer.id !== undefined,
      recordedDigest: recorded?.digest,
      digest: sha256OfJson(credential),
    };
    // Our own record of the status counts, whatever the file makes of it.
    const pointer =
      recorded && recorded.issuer === issuer.id
        ? recorded.status
        : statusPointer(credential, this.publicUrl.to('/status-lists/'), issuer.id);
    const revocation =
      pointer.kind === 'here'
        ? await registry.revocation(pointer.listId, pointer.index)
        : undefined;
    const checks = shownChecks([
      integrityCheck(codeOf(integrity.code), integrity.detail ?? '', ledger),
      check(codeOf(signer.code)),
      issuerCheck(issuer.evidence),
      statusCheck(pointer, revocation),
      datesCheck(credential, now),
      ledgerCheck(ledger),
      completeCheck(credential),
    ]);
    return {
      verdict: verdictOf(checks),
      checkedAt: now.toISOString(),
      checks: [...checks],
      ...(isSigned(checks) ? { credential: summary(credential, issuer.evidence, revocation) } : {}),
    };
  }
}

/** Only what a known signature covers is repeated: the rest anybody could have written. */
const isSigned = (checks: readonly Check[]): boolean =>
  checks.length > 1 && checks.slice(0, 2).every(({ result }) => result === 'pass');

const summary = (
  credential: Credential,
  issuer: IssuerEvidence,
  revocation: Revocation | undefined,
): NonNullable<Verification['credential']> => {
  const said = readAchievementCredential(credential);
  const { name } = credential;
  return {
    title: said?.title ?? (typeof name === 'string' ? name : ''),
    issuerName:
      issuer.kind === 'registered'
        ? issuer.name
        : (said?.issuer.name ?? issuerIdOf(credential) ?? ''),
    ...(said?.issuedAt === undefined ? {} : { issuedAt: said.issuedAt }),
    ...(said?.validUntil === undefined ? {} : { validUntil: said.validUntil }),
    ...(revocation ? { withdrawnAt: revocation.revokedAt } : {}),
    ...(said?.credit ? { credit: said.credit } : {}),
    ...(said?.eqfLevel === undefined ? {} : { eqfLevel: said.eqfLevel }),
  };
};
