import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { Clock, DomainError } from '#kernel';
import { facts, IssuedCredentials, Revocation, RevocationRequest } from '#contracts';
import { type Actor, CurrentActor, Requires } from '#access';
import type { Decided } from '#log';
import { ToCredential } from './commands.js';
import { IssuedStore } from './issued-store.js';
import { setRevoked } from './revocations.js';

/** What an issuer does with the credentials it has issued. */
@ApiTags('credentials')
@Controller('v1/credentials')
@Requires('manage-credentials')
export class ManageController {
  constructor(
    private readonly issued: IssuedStore,
    private readonly commands: CommandBus,
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The credentials that you have issued, newest first' })
  @ApiQuery({ name: 'cursor', required: false })
  @ApiResponse({ status: 200, standardSchema: IssuedCredentials })
  list(
    @CurrentActor() actor: Actor,
    @Query('cursor') cursor: string | undefined,
  ): Promise<IssuedCredentials> {
    return this.issued.page(issuerOf(actor), cursor);
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @ApiOperation({ summary: 'Withdraw a credential, for good; the reason is public' })
  @ApiResponse({ status: 200, standardSchema: Revocation })
  async revoke(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: RevocationRequest }) { reason }: z.infer<typeof RevocationRequest>,
  ): Promise<z.infer<typeof Revocation>> {
    const issuer = issuerOf(actor);
    const alias = await this.issued.aliasOf(issuer, id);
    if (alias === undefined) throw new DomainError('credential-unknown');
    const revokedAt = this.clock.now().toISOString();
    const { events }: Decided = await this.commands.execute(
      new ToCredential({
        id,
        alias,
        provider: issuer,
        command: { type: 'revoke', issuer, reason, revokedAt },
      }),
    );
    // Not only by the projection: when this is answered, the public list says so.
    for (const { data } of events)
      await setRevoked(this.db, facts['credential-revoked'].data.parse(data));
    return { id, revokedAt };
  }
}

const issuerOf = ({ id, organisation }: Actor): string => organisation ?? id;
