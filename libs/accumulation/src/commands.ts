import { AggregateCommand } from '#log';
import type { DefineAchievement } from './domain/achievement.js';
import type { EarnedCommand } from './domain/earned.js';
import type { PostingCommand } from './domain/posting.js';

/** To an achievement definition; `id` is the definition's. */
export class ToAchievement extends AggregateCommand<DefineAchievement> {}

/** To one alias' hold on one achievement; `id` is the earnedId of the first time. */
export class ToEarned extends AggregateCommand<EarnedCommand> {}

/** To a posting on a learner's account; `id` is its postingId. */
export class ToPosting extends AggregateCommand<PostingCommand> {}
