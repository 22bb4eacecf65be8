import { AggregateCommand } from '#log';
import type { AliasCommand } from './domain/alias.js';
import type { RegisterClient } from './domain/client.js';

export class ToClient extends AggregateCommand<RegisterClient> {}
export class ToAlias extends AggregateCommand<AliasCommand> {}
