import { AggregateCommand } from '#log';
import type { AliasCommand } from './domain/alias.js';
import type { RegisterClient } from './domain/client.js';
import type { MergeCommand } from './domain/merge.js';

export class ToClient extends AggregateCommand<RegisterClient> {}
export class ToAlias extends AggregateCommand<AliasCommand> {}
/** About the person who is merged, or split off. */
export class ToMerge extends AggregateCommand<MergeCommand> {}
