import { Body, Controller, Get, Inject, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Clock, DomainError } from '#kernel';
import { Claim, ClaimCode, ClaimCodeRequest, ClaimRequest, Claims } from '#contracts';
import { type Actor, CurrentActor, Requires } from '#access';
import { Vault } from '#vault';
import { newClaimCode, normaliseClaimCode, sha256 } from './codes.js';
import { ToAlias } from './commands.js';
import { TryLimit } from './try-limit.js';

const CODE_DAYS = 14;
const DAY_MS = 86_400_000;

@ApiTags('identity')
@Controller('v1')
export class ClaimsController {
  constructor(
    private readonly db: DataSource,
    private readonly commands: CommandBus,
    private readonly tries: TryLimit,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  @Post('claim-codes')
  @Requires('create-claim-codes')
  @ApiOperation({ summary: 'A code with which a learner claims the account that you know' })
  @ApiResponse({ status: 201, standardSchema: ClaimCode })
  async create(
    @Body({ schema: ClaimCodeRequest }) { learner }: z.infer<typeof ClaimCodeRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof ClaimCode>> {
    const [alias] = await this.vault.aliasesFor([{ provider: actor.id, identity: learner }]);
    const code = newClaimCode();
    const expiresAt = new Date(this.clock.now().getTime() + CODE_DAYS * DAY_MS);
    await this.db.query(
      `insert into identity.claim_code (code_sha256, alias, provider, expires_at)
       values ($1, $2, $3, $4)`,
      [sha256(code), alias, actor.id, expiresAt],
    );
    return { code, expiresAt: expiresAt.toISOString() };
  }

  /**
   * Link, then state the fact, then use the code up: a crash between two steps leaves a code that
   * the same learner can use again and that nobody else can.
   */
  @Post('me/claims')
  @Requires('claim-accounts')
  @ApiOperation({ summary: 'Claim an account with the code its provider gave you' })
  @ApiResponse({ status: 201, standardSchema: Claim })
  async claim(
    @Body({ schema: ClaimRequest }) { code }: z.infer<typeof ClaimRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<Claim> {
    this.tries.spend(actor.id);
    const hash = sha256(normaliseClaimCode(code));
    const [found] = await this.db.query<{ alias: string; provider: string }[]>(
      `select alias, provider from identity.claim_code
       where code_sha256 = $1 and expires_at > $2 and (used_by is null or used_by = $3)`,
      [hash, this.clock.now(), actor.id],
    );
    if (!found) throw new DomainError('claim-code-invalid');
    const { alias, provider } = found;
    const [owner] = await this.vault.personsOf([alias]);
    if (owner !== undefined && owner !== actor.id) throw new DomainError('claim-code-invalid');
    await this.vault.link(actor.id, alias);
    await this.commands.execute(
      new ToAlias({ id: alias, alias, provider, command: { person: actor.id, alias, provider } }),
    );
    await this.db.query('update identity.claim_code set used_by = $2 where code_sha256 = $1', [
      hash,
      actor.id,
    ]);
    const [{ name } = { name: provider }] = await this.db.query<{ name: string }[]>(
      'select name from identity.institution where id = $1',
      [provider],
    );
    return { provider, providerName: name, claimedAt: this.clock.now().toISOString() };
  }

  @Get('me/claims')
  @Requires('claim-accounts')
  @ApiOperation({ summary: 'The accounts you have claimed' })
  @ApiResponse({ status: 200, standardSchema: Claims })
  async list(@CurrentActor() actor: Actor): Promise<z.infer<typeof Claims>> {
    const rows = await this.db.query<{ provider: string; name: string | null; claimed_at: Date }[]>(
      `select c.provider, i.name, c.claimed_at from identity.claim c
       left join identity.institution i on i.id = c.provider
       where c.person = $1 order by c.claimed_at`,
      [actor.id],
    );
    return {
      data: rows.map(({ provider, name, claimed_at }) => ({
        provider,
        providerName: name ?? provider,
        claimedAt: claimed_at.toISOString(),
      })),
    };
  }
}
