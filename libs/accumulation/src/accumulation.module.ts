import { Module } from '@nestjs/common';
import { deciderHandler } from '#log';
import { AccumulationProjection } from './accumulation.projection.js';
import { AchievementJudge } from './achievement-judge.js';
import { AchievementsController } from './achievements.controller.js';
import { Bearings } from './bearings.js';
import { ToAchievement, ToEarned, ToPosting } from './commands.js';
import { CredentialHolders } from './credential-holders.js';
import { CreditsController } from './credits.controller.js';
import { DefinitionStore } from './definition-store.js';
import { achievement } from './domain/achievement.js';
import { earned } from './domain/earned.js';
import { posting } from './domain/posting.js';
import { EarnedStore } from './earned-store.js';
import { Learners } from './learners.js';
import { LearningStore } from './learning-store.js';
import { Places } from './places.js';
import { PostingsProjection } from './postings.projection.js';
import { SubjectIndex } from './subject-index.js';

@Module({
  controllers: [AchievementsController, CreditsController],
  providers: [
    AccumulationProjection,
    PostingsProjection,
    AchievementJudge,
    Bearings,
    CredentialHolders,
    DefinitionStore,
    EarnedStore,
    LearningStore,
    Learners,
    Places,
    SubjectIndex,
    deciderHandler('achievement', ToAchievement, achievement),
    deciderHandler('earned', ToEarned, earned),
    deciderHandler('posting', ToPosting, posting),
  ],
})
export class AccumulationModule {}
