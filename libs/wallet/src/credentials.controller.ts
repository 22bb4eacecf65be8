import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DomainError } from '#kernel';
import { type WalletCredential, WalletCredentials } from '#contracts';
import { type Actor, CurrentActor, Requires } from '#access';
import { Vault } from '#vault';
import { Credentials } from './credentials.js';
import type { Reply } from './reply.js';

@ApiTags('learner')
@Controller('v1/me/credentials')
export class CredentialsController {
  constructor(
    private readonly credentials: Credentials,
    @Inject(Vault) private readonly vault: Vault,
  ) {}

  @Get()
  @Requires('read-own-record')
  @ApiOperation({ summary: 'Your credentials and their state now, newest first' })
  @ApiResponse({ status: 200, standardSchema: WalletCredentials })
  async list(@CurrentActor() actor: Actor): Promise<{ data: WalletCredential[] }> {
    const held = await this.credentials.of(await this.vault.aliasesOf(actor.id));
    return { data: held.map(({ shown }) => shown) };
  }

  /** VC Data Model 2.0, "Media Types". */
  @Get(':id')
  @Requires('read-own-record')
  @ApiOperation({ summary: 'One of your credentials, as it was signed' })
  @ApiProduces('application/vc')
  @ApiResponse({ status: 200 })
  async read(
    @Param('id') id: string,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    const found = await this.credentials.one(await this.vault.aliasesOf(actor.id), id);
    if (!found) throw new DomainError('credential-not-yours');
    reply.header('content-type', 'application/vc');
    return JSON.stringify(found.document);
  }
}
