import { Body, Controller, Get, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Clock, DomainError } from '#kernel';
import { DecisionRequest, RecognitionCase, RecognitionCases, RecognitionRequest } from '#contracts';
import { type Actor, CurrentActor, Requires } from '#access';
import { Vault } from '#vault';
import { Cases, type SealedCase } from './cases.js';
import { ToCase } from './commands.js';
import { RequestRecognition } from './request-recognition.js';

const IDEMPOTENCY_KEY_MAX = 255;

@ApiTags('recognition')
@Controller('v1/recognition/cases')
export class CasesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly requests: RequestRecognition,
    private readonly cases: Cases,
    private readonly vault: Vault,
    private readonly clock: Clock,
  ) {}

  @Post()
  @Requires('request-recognition')
  @ApiOperation({ summary: 'Ask an institution to recognise credentials of yours' })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiResponse({ status: 201, standardSchema: RecognitionCase })
  async request(
    @Body({ schema: RecognitionRequest }) request: RecognitionRequest,
    @Headers('idempotency-key') key: string | undefined,
    @CurrentActor() actor: Actor,
  ): Promise<RecognitionCase> {
    if (key !== undefined && (key === '' || key.length > IDEMPOTENCY_KEY_MAX))
      throw new DomainError(
        'invalid-input',
        `An Idempotency-Key has 1 to ${IDEMPOTENCY_KEY_MAX} characters.`,
      );
    const caseId = await this.requests.ask(actor.id, request, key);
    return this.#open(await this.#find(caseId, actor));
  }

  @Get()
  @Requires('read-recognition-cases')
  @ApiOperation({ summary: 'Your requests, or those that your institution was asked' })
  @ApiResponse({ status: 200, standardSchema: RecognitionCases })
  async list(@CurrentActor() actor: Actor): Promise<RecognitionCases> {
    const data =
      actor.role === 'learner'
        ? await this.cases.ofLearner(actor.id)
        : await this.cases.ofInstitution(actor.organisation ?? '');
    return { data: [...data] };
  }

  @Get(':id')
  @Requires('read-recognition-cases')
  @ApiOperation({ summary: 'One request, with what it asks to recognise and the decision' })
  @ApiResponse({ status: 200, standardSchema: RecognitionCase })
  async one(@Param('id') id: string, @CurrentActor() actor: Actor): Promise<RecognitionCase> {
    return this.#open(await this.#find(id, actor));
  }

  @Post(':id/decision')
  @HttpCode(200)
  @Requires('decide-recognition')
  @ApiOperation({ summary: 'Decide: five criteria compared, an outcome, reasons' })
  @ApiResponse({ status: 200, standardSchema: RecognitionCase })
  async decide(
    @Param('id') id: string,
    @Body({ schema: DecisionRequest }) decision: DecisionRequest,
    @CurrentActor() actor: Actor,
  ): Promise<RecognitionCase> {
    const found = await this.#find(id, actor);
    const { credentials } = await this.#open(found);
    await this.commands.execute(
      new ToCase({
        id,
        alias: found.alias,
        provider: found.institution,
        command: {
          type: 'decide',
          by: actor,
          ...decision,
          titles: credentials.map(({ title }) => title),
          decidedAt: this.clock.now().toISOString(),
        },
      }),
    );
    return this.#open(await this.#find(id, actor));
  }

  /** A case that is the actor's to see. Throws DomainError `not-found` for any other. */
  async #find(caseId: string, actor: Actor): Promise<SealedCase> {
    const found = await this.cases.find(caseId);
    const isTheirs =
      found !== undefined &&
      (actor.role === 'learner'
        ? (await this.vault.aliasesOf(actor.id)).includes(found.alias)
        : found.institution === actor.organisation);
    if (!isTheirs) throw new DomainError('not-found');
    return found;
  }

  async #open(sealed: SealedCase): Promise<RecognitionCase> {
    const opened = await this.cases.open(sealed);
    if (!opened) throw new DomainError('not-found');
    return opened;
  }
}
