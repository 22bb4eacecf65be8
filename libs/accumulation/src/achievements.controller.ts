import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { DomainError, fold } from '#kernel';
import { Achievement, AchievementDefinition, Achievements } from '#contracts';
import { type Actor, CurrentActor, Requires } from '#access';
import { Journal } from '#log';
import { ToAchievement } from './commands.js';
import { achievement, type AchievementFact, type AchievementState } from './domain/achievement.js';

@ApiTags('achievements')
@Controller('v1/achievements')
export class AchievementsController {
  constructor(
    private readonly db: DataSource,
    private readonly commandBus: CommandBus,
    @Inject(Journal) private readonly journal: Journal,
  ) {}

  @Post()
  @Requires('define-achievements')
  @ApiOperation({ summary: 'Publish what has to be shown for an achievement, or its next version' })
  @ApiResponse({ status: 201, standardSchema: Achievement })
  async publish(
    @Body({ schema: AchievementDefinition }) definition: AchievementDefinition,
    @CurrentActor() actor: Actor,
  ): Promise<Achievement> {
    const provider = actor.organisation ?? actor.id;
    const { id } = definition;
    await this.commandBus.execute(
      new ToAchievement({ id, provider, command: { provider, definition } }),
    );
    return this.read(id);
  }

  @Get()
  @Requires('read-public')
  @ApiOperation({ summary: 'All achievements that can be earned, by id' })
  @ApiResponse({ status: 200, standardSchema: Achievements })
  async list(): Promise<{ data: Achievement[] }> {
    const rows = await this.db.query<Achievement[]>(
      'select provider, version, definition from accumulation.definition order by id',
    );
    return { data: rows.map((row) => Achievement.parse(row)) };
  }

  /** Read from the stream, so that what was published a moment ago is there. */
  @Get(':id')
  @Requires('read-public')
  @ApiOperation({ summary: 'An achievement: the address that its credentials name' })
  @ApiResponse({ status: 200, standardSchema: Achievement })
  async read(@Param('id') id: string): Promise<Achievement> {
    const history = await this.journal.history(`achievement-${id}`);
    const state: AchievementState = fold(achievement, history as unknown as AchievementFact[]);
    if (!state) throw new DomainError('not-found');
    return state;
  }
}
