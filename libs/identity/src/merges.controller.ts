import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Clock, DomainError } from '#kernel';
import { Invitation, MergeCode, MergeRequest, Merges as MergeList } from '#contracts';
import { type Actor, CurrentActor, Requires } from '#access';
import { newClaimCode, normaliseClaimCode, sha256 } from './codes.js';
import { Merges } from './merges.js';
import { People } from './people.js';
import { Sessions } from './sessions.js';
import { TryLimit } from './try-limit.js';

const CODE_MINUTES = 60;
const MINUTE_MS = 60_000;

/** For a learner who has signed up more than once. */
@ApiTags('identity')
@Controller('v1/me')
export class MergesController {
  constructor(
    private readonly db: DataSource,
    private readonly merges: Merges,
    private readonly people: People,
    private readonly sessions: Sessions,
    private readonly tries: TryLimit,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  @Post('merge-codes')
  @Requires('merge-own-records')
  @ApiOperation({
    summary: 'A code that proves who you are where you are signed in as your other self',
    description: 'Whoever enters it has your record. Good once, for an hour.',
  })
  @ApiResponse({ status: 201, standardSchema: MergeCode })
  async create(@CurrentActor() { id }: Actor): Promise<z.infer<typeof MergeCode>> {
    await this.people.living(id);
    const code = newClaimCode();
    const expiresAt = new Date(this.clock.now().getTime() + CODE_MINUTES * MINUTE_MS);
    await this.db.query(
      'insert into identity.merge_code (code_sha256, person, expires_at) values ($1, $2, $3)',
      [sha256(code), id, expiresAt],
    );
    return { code, expiresAt: expiresAt.toISOString() };
  }

  /** The code is used up last: after a crash the same learner can use it again, nobody else can. */
  @Post('merges')
  @HttpCode(200)
  @Requires('merge-own-records')
  @ApiOperation({
    summary: 'Make another record of yours part of this one, with its code',
    description:
      'Accounts, credentials, credit, shares and requests come together, and signing in to either leads here. You can undo it.',
  })
  @ApiResponse({ status: 200, standardSchema: MergeList })
  async merge(
    @Body({ schema: MergeRequest }) { code }: z.infer<typeof MergeRequest>,
    @CurrentActor() { id }: Actor,
  ): Promise<z.infer<typeof MergeList>> {
    this.tries.spend(id);
    const hash = sha256(normaliseClaimCode(code));
    const [person] = await this.people.living(id);
    const [found] = await this.db.query<{ person: string }[]>(
      `select person from identity.merge_code
       where code_sha256 = $1 and expires_at > $2 and (used_by is null or used_by = $3)`,
      [hash, this.clock.now(), person],
    );
    if (!found) throw new DomainError('merge-code-invalid');
    await this.merges.merge(id, found.person);
    await this.db.query('update identity.merge_code set used_by = $2 where code_sha256 = $1', [
      hash,
      person,
    ]);
    return this.list({ id, role: 'learner' });
  }

  @Get('merges')
  @Requires('merge-own-records')
  @ApiOperation({ summary: 'Your other records that have become part of this one' })
  @ApiResponse({ status: 200, standardSchema: MergeList })
  async list(@CurrentActor() { id }: Actor): Promise<z.infer<typeof MergeList>> {
    return { data: await this.merges.of(await this.people.oneWith(id)) };
  }

  @Delete('merges/:id')
  @HttpCode(200)
  @Requires('merge-own-records')
  @ApiOperation({
    summary: 'Undo it: each record has again what was its own',
    description:
      'What was earned with both is withdrawn. The answer is a sign-in link for the record that stands for itself again.',
  })
  @ApiResponse({ status: 200, standardSchema: Invitation })
  async split(
    @Param('id') id: string,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof Invitation>> {
    const person = await this.merges.split(await this.people.oneWith(actor.id), id);
    return this.sessions.inviteAgain(person);
  }
}
