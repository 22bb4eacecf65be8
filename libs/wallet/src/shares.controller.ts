import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Clock, DomainError, newId } from '#kernel';
import { Share, SharedCredentials, ShareRequest, Shares as ShareList } from '#contracts';
import { type Actor, CurrentActor, Requires } from '#access';
import { Vault } from '#vault';
import { ToShare } from './commands.js';
import { Credentials, type HeldCredential } from './credentials.js';
import { shareStateAt } from './domain/share.js';
import type { Reply } from './reply.js';
import { Shares } from './shares.js';

@ApiTags('shares')
@Controller('v1')
export class SharesController {
  constructor(
    private readonly shares: Shares,
    private readonly credentials: Credentials,
    private readonly commandBus: CommandBus,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  @Post('shares')
  @Requires('share-own-credentials')
  @ApiOperation({ summary: 'Make a link under which others can see credentials until a date' })
  @ApiResponse({ status: 201, standardSchema: Share })
  async create(
    @Body({ schema: ShareRequest }) { credentialIds, until }: z.infer<typeof ShareRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<Share> {
    const aliases = await this.vault.aliasesOf(actor.id);
    const [alias] = aliases;
    if (alias === undefined) throw new DomainError('credential-not-yours');
    const held = await this.credentials.heldOf(aliases, credentialIds);
    const shareId = newId('shr');
    const now = this.clock.now().toISOString();
    const command = { type: 'create', shareId, credentialIds, held, until, now } as const;
    await this.commandBus.execute(new ToShare({ id: shareId, alias, command }));
    const made = await this.shares.appeared(aliases, shareId);
    return made ?? this.shares.fresh(shareId, await this.shares.stateOf(shareId));
  }

  @Get('me/shares')
  @Requires('share-own-credentials')
  @ApiOperation({ summary: 'Your shares, newest first, with how often each was looked at' })
  @ApiResponse({ status: 200, standardSchema: ShareList })
  async list(@CurrentActor() actor: Actor): Promise<{ data: Share[] }> {
    return { data: [...(await this.shares.of(await this.vault.aliasesOf(actor.id)))] };
  }

  @Delete('shares/:id')
  @HttpCode(204)
  @Requires('share-own-credentials')
  @ApiOperation({ summary: 'Stop a share of yours, at once' })
  @ApiResponse({ status: 204 })
  async stop(@Param('id') id: string, @CurrentActor() actor: Actor): Promise<void> {
    const aliases = await this.vault.aliasesOf(actor.id);
    const [alias] = aliases;
    const [own] = await this.shares.of(aliases, id);
    if (!own || alias === undefined) throw new DomainError('not-found');
    const command = { type: 'stop', now: this.clock.now().toISOString() } as const;
    await this.commandBus.execute(new ToShare({ id, alias, command }));
  }

  /** The link itself is the permission: it must not be kept, nor handed on by a Referer. */
  @Get('shares/:id')
  @Requires('read-share')
  @ApiOperation({ summary: 'What is shared under a link' })
  @ApiResponse({ status: 200, standardSchema: SharedCredentials })
  async read(
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<SharedCredentials> {
    reply.header('cache-control', 'no-store');
    reply.header('referrer-policy', 'no-referrer');
    const state = await this.shares.stateOf(id);
    if (!state.credentialIds) throw new DomainError('not-found');
    if (shareStateAt(state, this.clock.now()) !== 'open') throw new DomainError('share-stopped');
    const held = await this.#stillTheirs(id, state.credentialIds);
    await this.shares.countView(id);
    return { until: state.until, credentials: held.map(({ document }) => ({ ...document })) };
  }

  /** Without what was earned with an account that they have given up: it is another's. */
  async #stillTheirs(
    id: string,
    credentialIds: readonly string[],
  ): Promise<readonly HeldCredential[]> {
    const aliases = await this.shares.ownerOf(id);
    const theirs = aliases && (await this.credentials.heldOf(aliases, credentialIds));
    return this.credentials.byIds(
      theirs ? credentialIds.filter((each) => theirs.includes(each)) : credentialIds,
    );
  }
}
