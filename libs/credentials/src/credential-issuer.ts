import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { failpoint, PublicUrl, UnavailableError } from '#kernel';
import type { Credit, Fact } from '#contracts';
import { Journal } from '#log';
import {
  type AchievementParts,
  buildAchievementCredential,
  sha256OfJson,
  signCredential,
} from '#vc';
import { ToCredential } from './commands.js';
import { credentialIdOf } from './credential-id.js';
import { IssuerKeys } from './issuer-keys.js';
import { StatusAllocation } from './status-allocation.js';

/** An issuer's registration. */
export interface IssuerProfile {
  readonly name: string;
  readonly url: string;
}

/** What to certify, in whose name and for whom. */
export interface Certification {
  readonly purpose: Fact<'credential-issued'>['data']['purpose'];
  /** `earnedId` or `caseId`. */
  readonly basis: string;
  readonly issuer: string;
  readonly alias: string;
  readonly achievement: AchievementParts;
  readonly awardedAt: Date;
  /** When the ledger came to know it: from then on the credential is valid. */
  readonly decidedAt: Date;
  readonly validUntil?: Date | undefined;
  /** What accumulation posts for it. */
  readonly credit?: Credit | undefined;
}

/**
 * Issues credentials: place in a status list, build, sign, append. Safe to repeat from any step:
 * the id follows from the basis, the place from the id, and a credential is issued once.
 */
@Injectable()
export class CredentialIssuer {
  constructor(
    private readonly keys: IssuerKeys,
    private readonly allocation: StatusAllocation,
    private readonly commands: CommandBus,
    private readonly journal: Journal,
    private readonly publicUrl: PublicUrl,
  ) {}

  /**
   * Throws UnavailableError while the issuer's registration has not arrived (topics have no order
   * among each other), and DomainError `event-erased` if the learner was erased.
   */
  async issue(certification: Certification, profile: IssuerProfile | undefined): Promise<void> {
    const { purpose, basis, issuer, alias, credit } = certification;
    const credentialId = credentialIdOf(purpose, basis);
    // A rebuild brings every cause again: do not sign what was issued long ago.
    if ((await this.journal.history(`credential-${credentialId}`)).length > 0) return;
    const keys = await this.keys.signerOf(issuer);
    if (!profile || !keys) throw new UnavailableError('the registration of an issuer');
    const place = await this.allocation.placeOf(issuer, credentialId);
    await failpoint('issuer.after-allocation');
    const credential = await signCredential({
      credential: buildAchievementCredential({
        id: this.publicUrl.to(`/v1/credentials/${credentialId}`),
        issuer: { id: keys.did, name: profile.name, url: profile.url },
        subjectId: `urn:uuid:${randomUUID()}`,
        validFrom: certification.decidedAt,
        validUntil: certification.validUntil,
        awardedAt: certification.awardedAt,
        achievement: certification.achievement,
        status: {
          listUrl: this.publicUrl.to(`/status-lists/${place.listId}`),
          index: place.index,
        },
      }),
      signer: keys.signer,
      created: certification.decidedAt,
    });
    await failpoint('issuer.after-signature');
    await this.commands.execute(
      new ToCredential({
        id: credentialId,
        alias,
        provider: issuer,
        command: {
          type: 'issue',
          issued: {
            data: {
              credentialId,
              issuer,
              statusListId: place.listId,
              statusListIndex: place.index,
              digest: sha256OfJson(credential),
              purpose,
              basis,
            },
            personal: { credential, ...(credit ? { credit } : {}) },
          },
        },
      }),
    );
    await failpoint('issuer.after-append');
  }
}
