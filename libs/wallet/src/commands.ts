import { AggregateCommand } from '#log';
import type { ShareCommand } from './domain/share.js';

/** To a share; `id` is its shareId. */
export class ToShare extends AggregateCommand<ShareCommand> {}
