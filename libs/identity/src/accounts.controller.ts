import { setTimeout as delay } from 'node:timers/promises';
import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Clock, DomainError, newAlias } from '#kernel';
import {
  AccountHandover,
  AccountHandoverRequest,
  AccountRelease,
  AccountReleaseRequest,
  ClaimCode,
  ClaimCodeRequest,
  type LearnerIdentity,
} from '#contracts';
import { type Actor, CurrentActor, Requires } from '#access';
import { KEY_CACHE_MS, Vault } from '#vault';
import { AliasDecisions } from './alias-decisions.js';
import { newClaimCode, sha256 } from './codes.js';

const CODE_DAYS = 14;
const DAY_MS = 86_400_000;

/** What a provider says of its accounts: whose they are, whose not, and whose from now on. */
@ApiTags('identity')
@Controller('v1')
export class AccountsController {
  constructor(
    private readonly db: DataSource,
    private readonly decisions: AliasDecisions,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  @Post('claim-codes')
  @Requires('create-claim-codes')
  @ApiOperation({ summary: 'A code with which a learner claims the account that you know' })
  @ApiResponse({ status: 201, standardSchema: ClaimCode })
  async create(
    @Body({ schema: ClaimCodeRequest }) { learner, at }: z.infer<typeof ClaimCodeRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof ClaimCode>> {
    const alias = await this.#aliasOf(actor, learner, momentOf(at));
    const code = newClaimCode();
    const expiresAt = new Date(this.clock.now().getTime() + CODE_DAYS * DAY_MS);
    await this.db.query(
      `insert into identity.claim_code (code_sha256, alias, provider, expires_at)
       values ($1, $2, $3, $4)`,
      [sha256(code), alias, actor.id, expiresAt],
    );
    return { code, expiresAt: expiresAt.toISOString() };
  }

  @Post('account-releases')
  @HttpCode(200)
  @Requires('release-accounts')
  @ApiOperation({
    summary: 'Take an account back from whoever has claimed it, because it is not theirs',
    description:
      'Credentials that rest on it are withdrawn and issued anew for the account. Its learner can claim it with a new code. Where nobody has it, this says that it is not theirs who gave it up, or prove it by a DID.',
  })
  @ApiResponse({ status: 200, standardSchema: AccountRelease })
  async takeBack(
    @Body({ schema: AccountReleaseRequest }) { learner, at }: z.infer<typeof AccountReleaseRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof AccountRelease>> {
    const alias = await this.#aliasOf(actor, learner, momentOf(at));
    const command = { type: 'take-back', alias, now: this.clock.now().toISOString() } as const;
    const { events } = await this.decisions.decide(alias, actor.id, command);
    return { released: events.some(({ kind }) => kind === 'alias-released') };
  }

  /**
   * Answers when every process knows: what is sent after the answer is filed under the new holder.
   * Throws `account-handed-over`, `invalid-input` for a time that is still to come or for an alias.
   */
  @Post('account-handovers')
  @HttpCode(200)
  @Requires('release-accounts')
  @ApiOperation({
    summary: 'Say from when on an account name is another person’s',
    description:
      'What happened before stays with who had it, also if it is sent later; what happened since goes to whoever claims the account anew. Events of the new holder that were recorded before you said so stay where they are: void them (wrong-learner) and send them with new ids. Answers after some seconds.',
  })
  @ApiResponse({ status: 200, standardSchema: AccountHandover })
  async handOver(
    @Body({ schema: AccountHandoverRequest })
    { learner, from }: z.infer<typeof AccountHandoverRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof AccountHandover>> {
    const moment = Date.parse(from);
    if ('alias' in learner) throw wrong('#/learner', 'Name the account, not an alias.');
    if (moment > this.clock.now().getTime()) throw wrong('#/from', 'Not in the future.');
    const utc = new Date(moment).toISOString();
    const alias = await this.#aliasOf(actor, learner, moment - 1);
    const to = { next: newAlias(), provider: actor.id, from: utc };
    const handedOver = await this.decisions.handOver(alias, to);
    if (handedOver) await delay(KEY_CACHE_MS);
    return { from: utc, handedOver };
  }

  async #aliasOf(
    { id: provider }: Actor,
    identity: LearnerIdentity,
    at: number | undefined,
  ): Promise<string> {
    const [alias = ''] = await this.vault.aliasesFor([{ provider, identity, at }]);
    return alias;
  }
}

const momentOf = (time: string | undefined): number | undefined =>
  time === undefined ? undefined : Date.parse(time);

const wrong = (pointer: string, detail: string): DomainError =>
  new DomainError('invalid-input', undefined, [{ pointer, detail }]);
