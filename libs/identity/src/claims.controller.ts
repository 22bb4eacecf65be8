import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Clock, DomainError } from '#kernel';
import {
  AccountRelease,
  AccountReleaseRequest,
  Claim,
  ClaimCode,
  ClaimCodeRequest,
  ClaimRequest,
  Claims as ClaimList,
} from '#contracts';
import { type Actor, CurrentActor, Requires } from '#access';
import type { Decided } from '#log';
import { Vault } from '#vault';
import { Claims } from './claims.js';
import { newClaimCode, normaliseClaimCode, sha256 } from './codes.js';
import { ToAlias } from './commands.js';
import type { AliasCommand, AliasEvent } from './domain/alias.js';
import { TryLimit } from './try-limit.js';

const CODE_DAYS = 14;
const DAY_MS = 86_400_000;

/**
 * Which accounts are whose. Every change is stated first and carried out after: a crash in between
 * leaves a fact that the projection carries out, never a link that nothing states.
 */
@ApiTags('identity')
@Controller('v1')
export class ClaimsController {
  constructor(
    private readonly db: DataSource,
    private readonly commands: CommandBus,
    private readonly tries: TryLimit,
    private readonly claims: Claims,
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

  @Post('account-releases')
  @HttpCode(200)
  @Requires('release-accounts')
  @ApiOperation({
    summary: 'Take an account back from whoever has claimed it, because it is not theirs',
    description:
      'Credentials that rest on it are withdrawn and issued anew for the account. Its learner can claim it with a new code.',
  })
  @ApiResponse({ status: 200, standardSchema: AccountRelease })
  async takeBack(
    @Body({ schema: AccountReleaseRequest }) { learner }: z.infer<typeof AccountReleaseRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof AccountRelease>> {
    const identity = { provider: actor.id, identity: learner };
    const [alias = ''] = await this.vault.aliasesFor([identity]);
    const command = { type: 'take-back', now: this.clock.now().toISOString() } as const;
    const { events } = await this.#decide(alias, actor.id, command);
    return { released: events.length > 0 };
  }

  /** The code is used up last: after a crash the same learner can use it again, nobody else can. */
  @Post('me/claims')
  @Requires('claim-accounts')
  @ApiOperation({ summary: 'Claim an account with the code its provider gave you' })
  @ApiResponse({ status: 201, standardSchema: Claim })
  async claim(
    @Body({ schema: ClaimRequest }) { code }: z.infer<typeof ClaimRequest>,
    @CurrentActor() { id: person }: Actor,
  ): Promise<Claim> {
    this.tries.spend(person);
    const hash = sha256(normaliseClaimCode(code));
    const [found] = await this.db.query<{ alias: string; provider: string }[]>(
      `select alias, provider from identity.claim_code
       where code_sha256 = $1 and expires_at > $2 and (used_by is null or used_by = $3)`,
      [hash, this.clock.now(), person],
    );
    if (!found) throw new DomainError('claim-code-invalid');
    const { alias, provider } = found;
    if ((await this.vault.aliasesOf(person)).length === 0) throw new DomainError('not-found');
    const claim = { person, alias, provider };
    const { version } = await this.#decide(alias, provider, { type: 'claim', ...claim });
    // Also where it was claimed before: a request that died may not have carried it out.
    await this.claims.claimed(claim, version, this.clock.now().toISOString());
    await this.db.query('update identity.claim_code set used_by = $2 where code_sha256 = $1', [
      hash,
      person,
    ]);
    return this.#shown(person, alias);
  }

  @Get('me/claims')
  @Requires('claim-accounts')
  @ApiOperation({ summary: 'The accounts you have claimed, and those you have given up' })
  @ApiResponse({ status: 200, standardSchema: ClaimList })
  async list(@CurrentActor() actor: Actor): Promise<z.infer<typeof ClaimList>> {
    return { data: await this.claims.of(actor.id) };
  }

  @Delete('me/claims/:id')
  @HttpCode(204)
  @Requires('claim-accounts')
  @ApiOperation({
    summary: 'Give an account up: it is not yours, or no longer to be',
    description:
      'What was recorded and certified for it leaves your record. Credentials that rest on it are withdrawn and issued anew for whom it belongs to. You can undo this for 30 days.',
  })
  @ApiResponse({ status: 204 })
  async release(@Param('id') id: string, @CurrentActor() { id: person }: Actor): Promise<void> {
    const alias = await this.#mine(person, id);
    const now = this.clock.now().toISOString();
    await this.#decide(alias, undefined, { type: 'release', person, now });
  }

  @Post('me/claims/:id/restore')
  @HttpCode(200)
  @Requires('claim-accounts')
  @ApiOperation({ summary: 'Undo giving up an account, unless somebody else has claimed it' })
  @ApiResponse({ status: 200, standardSchema: Claim })
  async restore(@Param('id') id: string, @CurrentActor() { id: person }: Actor): Promise<Claim> {
    const alias = await this.#mine(person, id);
    const now = this.clock.now().toISOString();
    await this.#decide(alias, undefined, { type: 'restore', person, now });
    return this.#shown(person, alias);
  }

  /** States a decision and carries it out. */
  async #decide(
    alias: string,
    provider: string | undefined,
    command: AliasCommand,
  ): Promise<Decided> {
    const decided: Decided = await this.commands.execute(
      new ToAlias({ id: alias, alias, provider, command }),
    );
    const now = this.clock.now().toISOString();
    for (const event of decided.events as readonly AliasEvent[])
      if (event.kind === 'alias-claimed')
        await this.claims.claimed(event.data, decided.version, now);
      else await this.claims.released(event.data, decided.version, now);
    return decided;
  }

  async #mine(person: string, id: string): Promise<string> {
    const alias = await this.claims.aliasOf(person, id);
    if (alias === undefined) throw new DomainError('not-found');
    return alias;
  }

  async #shown(person: string, alias: string): Promise<Claim> {
    const [claim] = await this.claims.of(person, alias);
    if (!claim) throw new DomainError('concurrent-change');
    return claim;
  }
}
