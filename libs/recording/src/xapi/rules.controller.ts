import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Clock } from '#kernel';
import { XapiDryRun, XapiRules } from '#contracts';
import { type Actor, CurrentActor, Requires } from '#access';
import { Clients } from '../clients.js';
import { XAPI_RULES } from '../domain/xapi-rules.js';
import { itemsOf } from '../json-body.js';
import { dryRun } from './dry-run.js';

/** Which statements earn something: the rules, and what they make of a sample. */
@ApiTags('xapi')
@Controller('v1/xapi-rules')
export class XapiRulesController {
  constructor(
    private readonly clients: Clients,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  @Get()
  @Requires('read-public')
  @ApiOperation({ summary: 'By which rules a statement becomes a learning event or telemetry' })
  @ApiResponse({ status: 200, standardSchema: XapiRules })
  rules(): typeof XAPI_RULES {
    return XAPI_RULES;
  }

  /** Answers each statement for itself. Throws `too-large`, `unavailable`, `source-not-yours`. */
  @Post('dry-run')
  @HttpCode(200)
  @Requires('record-events')
  @ApiOperation({
    summary: 'What would become of these statements, and why; nothing is recorded',
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: { oneOf: [{ type: 'object' }, { type: 'array', items: { type: 'object' } }] },
        },
      },
    },
  })
  @ApiResponse({ status: 200, standardSchema: XapiDryRun })
  async tryOut(@Body() body: unknown, @CurrentActor() actor: Actor): Promise<XapiDryRun> {
    const client = await this.clients.of(actor);
    const now = this.clock.now();
    return { results: itemsOf(body).map((value) => dryRun(client, value, now)) };
  }
}
