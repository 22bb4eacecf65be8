import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Put,
  Query,
  Req,
} from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '#kernel';
import { type Client, Import, ImportErrors, ImportMapping, Imports, Job } from '#contracts';
import { type Actor, CurrentActor, Requires } from '#access';
import { Log } from '#log';
import { Clients } from '../clients.js';
import { ImportStore } from './import-store.js';
import { ImportWorker } from './import-worker.js';
import { sourceOf } from './mapping.js';
import { Previews } from './previews.js';
import { RunningStore } from './running-store.js';
import { refuseLateTrial } from './trial.js';

const CURSOR = /^(?<file>\d{1,6})-(?<row>\d{1,12})$/u;
const WORDS = {
  learner: 'Say which column names the learner, or holds a mail address.',
  title: 'Say which column names the course or activity, or give one title for all rows.',
  date: 'Say which column holds the date, or give one day for all rows.',
  verb: 'Say which column says what happened, or choose one answer for all rows.',
} as const;

/** What a provider may do with a spreadsheet between its upload and its end. */
@ApiTags('imports')
@Controller('v1/imports')
export class ImportsController {
  constructor(
    private readonly store: ImportStore,
    private readonly running: RunningStore,
    private readonly previews: Previews,
    private readonly clients: Clients,
    private readonly worker: ImportWorker,
    @Inject(Log) private readonly log: Log,
  ) {}

  @Get()
  @Requires('import-files')
  @ApiOperation({ summary: 'Your imports, the latest first' })
  @ApiResponse({ status: 200, standardSchema: Imports })
  async list(@CurrentActor() actor: Actor): Promise<Imports> {
    const found = await this.store.list((await this.#client(actor)).id);
    return {
      data: found.map(({ id, state, area, createdAt }) => ({
        id,
        job: id,
        state,
        area,
        createdAt: createdAt.toISOString(),
      })),
    };
  }

  @Get(':id')
  @Requires('import-files')
  @ApiOperation({ summary: 'An import: what its columns are taken for, and a preview of its rows' })
  @ApiResponse({ status: 200, standardSchema: Import })
  async show(@Param('id') id: string, @CurrentActor() actor: Actor): Promise<Import> {
    const client = await this.#client(actor);
    return this.previews.of(await this.store.find(id, client.id), client);
  }

  @Put(':id/mapping')
  @Requires('import-files')
  @ApiOperation({ summary: 'Say what the columns mean; answers with a new preview' })
  @ApiResponse({ status: 200, standardSchema: Import })
  async map(
    @Param('id') id: string,
    @Body({ schema: ImportMapping }) mapping: ImportMapping,
    @CurrentActor() actor: Actor,
  ): Promise<Import> {
    const client = await this.#client(actor);
    checkSource(client, mapping);
    checkFields(mapping);
    await this.store.find(id, client.id);
    await this.store.saveMapping(id, mapping);
    return this.previews.of(await this.store.find(id, client.id), client);
  }

  @Post(':id/confirm')
  @HttpCode(202)
  @Requires('import-files')
  @ApiOperation({
    summary: 'Record what the preview shows, or try it; goes on by itself, see the job',
  })
  @ApiResponse({ status: 202, standardSchema: Job })
  async confirm(
    @Param('id') id: string,
    @CurrentActor() actor: Actor,
    @Req() { headers }: FastifyRequest,
  ): Promise<Job> {
    const client = await this.#client(actor);
    const shown = await this.previews.of(await this.store.find(id, client.id), client);
    if (shown.state === 'withdrawn') throw new DomainError('import-withdrawn');
    refuseLateTrial(headers, shown.area);
    if (shown.state !== 'waiting') throw new DomainError('import-started');
    if (shown.missing.length > 0)
      throw new DomainError(
        'import-incomplete',
        undefined,
        shown.missing.map((what) => ({ pointer: `#/${what}`, detail: WORDS[what] })),
      );
    checkSource(client, shown.mapping);
    await this.previews.remember(client.id, shown);
    await this.store.confirm(id, shown.mapping, (await this.log.head()).size);
    this.worker.wake();
    return this.store.job(id, client.id);
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('import-files')
  @ApiOperation({ summary: 'Delete the files of an import; one that runs stops where it is' })
  @ApiResponse({ status: 204 })
  async cancel(@Param('id') id: string, @CurrentActor() actor: Actor): Promise<void> {
    const client = await this.#client(actor);
    await this.store.find(id, client.id);
    await this.store.cancel(id);
  }

  @Get(':id/errors')
  @Requires('import-files')
  @ApiOperation({ summary: 'What was not recorded: row, column, value, reason, and a suggestion' })
  @ApiResponse({ status: 200, standardSchema: ImportErrors })
  async errors(
    @Param('id') id: string,
    @CurrentActor() actor: Actor,
    @Query('cursor') cursor?: string,
  ): Promise<ImportErrors> {
    const client = await this.#client(actor);
    await this.store.find(id, client.id);
    const after = CURSOR.exec(cursor ?? '0-0')?.groups;
    if (!after) throw new DomainError('invalid-input', 'This is no cursor that we gave.');
    const page = await this.running.refusalsAfter(id, Number(after['file']), Number(after['row']));
    if (!page) return { data: [], nextCursor: null };
    const { file, row, refusals } = page;
    return {
      data: refusals.flatMap((refusal) =>
        refusal.problems.map((problem) => ({ file, row: refusal.row, ...problem })),
      ),
      nextCursor: (await this.running.refusalsAfter(id, file, row)) ? `${file}-${row}` : null,
    };
  }

  async #client(actor: Actor): Promise<Client> {
    const client = await this.clients.of(actor);
    return client;
  }
}

const checkSource = (client: Client, mapping: ImportMapping): void => {
  const source = sourceOf(client, mapping);
  if (source === undefined || !client.sources.includes(source))
    throw new DomainError('source-not-yours', undefined, [
      { pointer: '#/source', detail: 'This source is not registered for you.' },
    ]);
};

/** No two columns can say the same thing. */
const checkFields = ({ columns }: ImportMapping): void => {
  const seen = new Set<string>();
  const issues = columns.flatMap(({ field }, n) => {
    const isTwice = field !== 'ignore' && seen.has(field);
    seen.add(field);
    return isTwice
      ? [{ pointer: `#/columns/${n}/field`, detail: 'Another column says this already.' }]
      : [];
  });
  if (issues.length > 0) throw new DomainError('invalid-input', undefined, issues);
};
