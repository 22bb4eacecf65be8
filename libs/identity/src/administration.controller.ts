import { Body, Controller, Get, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Client, Institutions, Invitation, InvitationRequest, RegisteredClient } from '#contracts';
import { Requires } from '#access';
import { newSecret, sha256 } from './codes.js';
import { ToClient } from './commands.js';
import { Sessions } from './sessions.js';

@ApiTags('identity')
@Controller('v1')
export class AdministrationController {
  constructor(
    private readonly commands: CommandBus,
    private readonly sessions: Sessions,
    private readonly db: DataSource,
  ) {}

  @Post('clients')
  @Requires('register-clients')
  @ApiOperation({ summary: 'Register a provider or institution; its secrets are shown once' })
  @ApiResponse({ status: 201, standardSchema: RegisteredClient })
  async register(
    @Body({ schema: Client }) client: Client,
  ): Promise<z.infer<typeof RegisteredClient>> {
    const clientSecret = newSecret();
    const xapiSecret = newSecret();
    await this.commands.execute(
      new ToClient({
        id: client.id,
        provider: client.id,
        command: {
          client,
          secretSha256: sha256(clientSecret).toString('hex'),
          basicKeySha256: sha256(xapiSecret).toString('hex'),
        },
      }),
    );
    return { client, clientSecret, xapiKey: client.id, xapiSecret };
  }

  @Post('invitations')
  @Requires('invite-people')
  @ApiOperation({ summary: 'A one-time sign-in link for a person and a role' })
  @ApiResponse({ status: 201, standardSchema: Invitation })
  invite(@Body({ schema: InvitationRequest }) request: z.infer<typeof InvitationRequest>) {
    return this.sessions.invite(request.role, request.organisation);
  }

  @Get('institutions')
  @Requires('read-public')
  @ApiOperation({ summary: 'Who is registered, and who recognises learning' })
  @ApiResponse({ status: 200, standardSchema: Institutions })
  async institutions(): Promise<z.infer<typeof Institutions>> {
    const data = await this.db.query<z.infer<typeof Institutions>['data']>(
      'select id, name, country, recognises from identity.institution order by name, id',
    );
    return { data };
  }
}
