import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Clock, PublicUrl } from '#kernel';
import type { Verification } from '#contracts';
import { canonicalJson } from '#merkle';
import { type Credential, issuerIdOf, readAchievementCredential, verifyCredential } from '#vc';
import { checkCompleteness } from './domain/completeness.js';
import { checkDates } from './domain/dates.js';
import { type Found, report } from './domain/report.js';
import { Known, type Revocation } from './known.js';

const StatusEntry = z.looseObject({
  type: z.literal('BitstringStatusListEntry'),
  statusPurpose: z.literal('revocation'),
  statusListIndex: z.string().regex(/^\d{1,9}$/u),
  statusListCredential: z.string(),
});

/** Makes the seven checks of a credential, against what this ledger knows and nothing fetched. */
@Injectable()
export class Verifier {
  constructor(
    private readonly known: Known,
    @Inject(Clock) private readonly clock: Clock,
    private readonly publicUrl: PublicUrl,
  ) {}

  async verify(credential: Credential): Promise<Verification> {
    const now = this.clock.now();
    const { integrity, signer } = await verifyCredential({
      credential,
      resolveController: (did) => this.known.resolve(did),
      now,
    });
    const { found: status, revocation } = await this.#status(credential);
    const { verdict, checks } = report([
      { code: integrity.code },
      { code: signer.code },
      await this.#issuer(credential),
      status,
      checkDates(credential, now.getTime()),
      await this.#ledger(credential),
      checkCompleteness(credential),
    ]);
    const summary = verdict === 'changed' ? undefined : summaryOf(credential, revocation);
    return {
      verdict,
      checkedAt: now.toISOString(),
      checks,
      ...(summary && { credential: summary }),
    };
  }

  async #issuer(credential: Credential): Promise<Found> {
    const name = await this.known.issuerName(issuerIdOf(credential) ?? '');
    return name === undefined
      ? { code: 'issuer-not-registered' }
      : { code: 'issuer-registered', fill: { issuer: name } };
  }

  async #status(credential: Credential): Promise<{ found: Found; revocation?: Revocation }> {
    const status = credential['credentialStatus'];
    if (status === undefined) return { found: { code: 'status-none' } };
    const entry = StatusEntry.safeParse(status).data;
    if (!entry) return { found: { code: 'status-malformed' } };
    const ours = this.publicUrl.to('/status-lists/');
    if (!entry.statusListCredential.startsWith(ours))
      return { found: { code: 'status-elsewhere' } };
    const listId = entry.statusListCredential.slice(ours.length);
    const index = Number(entry.statusListIndex);
    const revocation = await this.known.revocation(listId, index);
    if (revocation) {
      const fill = { date: revocation.revokedAt.slice(0, 10), why: revocation.reason };
      return { found: { code: 'withdrawn', fill }, revocation };
    }
    const isKnown = await this.known.hasStatus(listId, index);
    return { found: { code: isKnown ? 'not-withdrawn' : 'status-unknown' } };
  }

  /** The digest covers the whole file, proof included. */
  async #ledger(credential: Credential): Promise<Found> {
    const id = credential['id'];
    const own = typeof id === 'string' ? /crd_[a-z0-9]+$/u.exec(id)?.[0] : undefined;
    const recorded = own === undefined ? undefined : await this.known.digest(own);
    if (recorded === undefined) return { code: 'not-recorded' };
    const digest = createHash('sha256').update(canonicalJson(credential)).digest('hex');
    return { code: digest === recorded ? 'recorded' : 'recorded-otherwise' };
  }
}

const summaryOf = (credential: Credential, revocation: Revocation | undefined) => {
  const statement = readAchievementCredential(credential);
  if (!statement) return undefined;
  const { title, issuer, issuedAt, validUntil, credit, eqfLevel } = statement;
  return {
    title,
    issuerName: issuer.name,
    ...(issuedAt === undefined ? {} : { issuedAt }),
    ...(validUntil === undefined ? {} : { validUntil }),
    ...(revocation === undefined ? {} : { withdrawnAt: revocation.revokedAt }),
    ...(credit === undefined ? {} : { credit }),
    ...(eqfLevel === undefined ? {} : { eqfLevel }),
  };
};
