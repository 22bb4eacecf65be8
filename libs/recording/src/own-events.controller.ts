import { randomUUID } from 'node:crypto';
import { Body, Controller, Headers, Inject, Post } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DomainError } from '#kernel';
import { Receipt, SelfReport } from '#contracts';
import { type Actor, CurrentActor, Requires } from '#access';
import { canonicalJson } from '#merkle';
import { Vault } from '#vault';
import { canonicalOf, sha256 } from './content.js';
import { SELF, selfReported } from './domain/self-report.js';
import { EventIds } from './event-ids.js';
import { Recorder } from './recorder.js';

const IDEMPOTENCY_KEY_MAX = 256;

@ApiTags('learner')
@Controller('v1/me')
export class OwnEventsController {
  constructor(
    @Inject(Vault) private readonly vault: Vault,
    private readonly ids: EventIds,
    private readonly recorder: Recorder,
  ) {}

  @Post('events')
  @Requires('report-own-learning')
  @ApiOperation({ summary: 'Report learning of your own, with evidence if you have some' })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiResponse({ status: 201, standardSchema: Receipt })
  async report(
    @Body({ schema: SelfReport }) body: SelfReport,
    @CurrentActor() actor: Actor,
    @Headers('idempotency-key') key?: string,
  ): Promise<Receipt> {
    const canonical = canonicalOf(body);
    if ('detail' in canonical) throw new DomainError('invalid-input', canonical.detail);
    if (key !== undefined && (key === '' || key.length > IDEMPOTENCY_KEY_MAX))
      throw new DomainError('invalid-input', 'An Idempotency-Key has 1 to 256 characters.');
    const [homeAlias] = await this.vault.aliasesOf(actor.id);
    if (homeAlias === undefined) throw new DomainError('not-found');

    const id = key === undefined ? randomUUID() : this.ids.ofIdempotencyKey(homeAlias, key);
    const submission = {
      report: selfReported(body, { homeAlias, id, activityId: `urn:uuid:${randomUUID()}` }),
      raw: { format: 'native', sha256: sha256(canonical.text) },
      // What the learner said, without the id that their activity gets: that is new each time.
      content: canonicalJson(body),
      idStyle: 'hash',
    } as const;
    const refusal = this.recorder.refusal(SELF, submission);
    if (refusal) throw refusal;
    const [outcome] = await this.recorder.record(SELF, [submission]);
    if (!outcome || outcome.is === 'refused') throw reasonOf(outcome?.error);
    return outcome.receipt;
  }
}

const reasonOf = (error: DomainError | undefined): DomainError =>
  error?.code === 'event-conflict'
    ? new DomainError('idempotency-key-reused')
    : (error ?? new DomainError('internal-error'));
