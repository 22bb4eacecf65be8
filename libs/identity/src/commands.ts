import { AggregateCommand } from '#log';
import type { AliasCommand } from './domain/alias.js';
import type { RegisterClient } from './domain/client.js';
import type { CorrectorCommand } from './domain/corrector.js';
import type { MergeCommand } from './domain/merge.js';

export class ToClient extends AggregateCommand<RegisterClient> {}
/** About who may correct for a provider: its id is of both. */
export class ToCorrector extends AggregateCommand<CorrectorCommand> {}
export class ToAlias extends AggregateCommand<AliasCommand> {}
/** About the person who is merged, or split off. */
export class ToMerge extends AggregateCommand<MergeCommand> {}
