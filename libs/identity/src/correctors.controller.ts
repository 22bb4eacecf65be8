import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { DomainError } from '#kernel';
import { Client, correctingSource, CorrectorRequest, Correctors } from '#contracts';
import { type Actor, CurrentActor, Requires } from '#access';
import { ToCorrector } from './commands.js';
import type { CorrectorCommand } from './domain/corrector.js';
import { Sessions } from './sessions.js';

/** Quality assurance bodies that may correct and void for a provider, as it says itself. */
@ApiTags('identity')
@Controller('v1/me/correctors')
export class CorrectorsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly sessions: Sessions,
    private readonly db: DataSource,
  ) {}

  /** Throws `not-found` for who is no client, `source-not-yours`, `invalid-input` for oneself. */
  @Put(':client')
  @HttpCode(204)
  @Requires('name-correctors')
  @ApiOperation({
    summary: 'Let a quality assurance body correct and void for you',
    description:
      'For the sources that you name, or for all you have. Counts within seconds. It sends what it corrects in a source of its own, which the list tells.',
  })
  @ApiResponse({ status: 204 })
  async put(
    @Param('client') corrector: string,
    @Body({ schema: CorrectorRequest }) request: z.infer<typeof CorrectorRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    const own = (await this.sessions.client(actor.id))?.sources ?? [];
    const foreign = (request.sources ?? []).flatMap((source, n) =>
      own.includes(source)
        ? []
        : [{ pointer: `#/sources/${n}`, detail: 'Not registered for you.' }],
    );
    if (foreign.length > 0) throw new DomainError('source-not-yours', undefined, foreign);
    const sources = request.sources ?? own;
    if (sources.length === 0) throw new DomainError('invalid-input', 'You have no source.');
    if (!isId(corrector) || !(await this.sessions.client(corrector)))
      throw new DomainError('not-found');
    await this.#tell({ type: 'name', provider: actor.id, corrector, sources });
  }

  /** What it corrected before stays. */
  @Delete(':client')
  @HttpCode(204)
  @Requires('name-correctors')
  @ApiOperation({ summary: 'Let it no longer correct for you; what it corrected stays' })
  @ApiResponse({ status: 204 })
  async delete(@Param('client') corrector: string, @CurrentActor() actor: Actor): Promise<void> {
    await this.#tell({ type: 'dismiss', provider: actor.id, corrector });
  }

  @Get()
  @Requires('name-correctors')
  @ApiOperation({ summary: 'Who may correct for you, and in which sources they say so' })
  @ApiResponse({ status: 200, standardSchema: Correctors })
  async list(@CurrentActor() actor: Actor): Promise<z.infer<typeof Correctors>> {
    const rows = await this.db.query<{ client: string; sources: readonly string[] }[]>(
      `select client, sources from identity.corrector
       where provider = $1 and cardinality(sources) > 0 order by client`,
      [actor.id],
    );
    const data = rows.map(({ client, sources }) => ({
      client,
      sources: sources.map((corrects) => ({ corrects, sends: correctingSource(client, corrects) })),
    }));
    return { data };
  }

  async #tell(command: CorrectorCommand): Promise<void> {
    const { provider, corrector } = command;
    if (!isId(corrector)) throw new DomainError('not-found');
    await this.commands.execute(
      new ToCorrector({ id: `${provider}:${corrector}`, provider, command }),
    );
  }
}

const isId = (text: string): boolean => Client.shape.id.safeParse(text).success;
