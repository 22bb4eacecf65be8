import { AggregateCommand } from '#log';
import type { CaseCommand } from './domain/recognition-case.js';

export class ToCase extends AggregateCommand<CaseCommand> {}
