import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type Provider, type Type } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ConcurrencyError, type Decider, type DomainEvent, fold } from '#kernel';
import type { EntryKind, Fact } from '#contracts';
import { Journal } from './journal.js';

/** How often a decision is made anew because somebody else was faster. */
export const ATTEMPTS_MAX = 20;
/** Between two tries, at random, so that many who want the same aggregate do not meet again. */
const PAUSE_MS_MAX = 10;

/** What a command led to. */
export interface Decided {
  /** The facts that were appended; none if the command changed nothing. */
  readonly events: readonly DomainEvent[];
  /** Version of the aggregate after it. */
  readonly version: number;
}

/** A command to one aggregate: which one, what, and what its entries are filed under. */
export abstract class AggregateCommand<C> extends Command<Decided> {
  readonly id: string;
  readonly command: C;
  readonly alias: string | undefined;
  readonly provider: string | undefined;

  constructor(options: {
    readonly id: string;
    readonly command: C;
    readonly alias?: string | undefined;
    readonly provider?: string | undefined;
  }) {
    super();
    this.id = options.id;
    this.command = options.command;
    this.alias = options.alias;
    this.provider = options.provider;
  }
}

/**
 * The handler of an aggregate's commands: read the stream `{prefix}-{id}`, fold, decide, append,
 * and all that again if somebody else appended meanwhile. Goes into a module's providers.
 */
export const deciderHandler = <State, C, Event extends DomainEvent>(
  prefix: string,
  command: Type<AggregateCommand<C>>,
  decider: Decider<State, C, Event>,
): Provider => {
  @Injectable()
  @CommandHandler(command)
  class DeciderHandler implements ICommandHandler<AggregateCommand<C>> {
    constructor(@Inject(Journal) private readonly journal: Journal) {}

    async execute({ id, command: asked, alias, provider }: AggregateCommand<C>): Promise<Decided> {
      const stream = `${prefix}-${id}`;
      for (let attempt = 1; ; attempt += 1) {
        const history = await this.journal.history(stream);
        // What the stream holds was checked when it was appended.
        const state = fold(decider, history as unknown as readonly Event[]);
        const events = decider.decide(asked, state);
        const version = history.length + events.length;
        if (events.length === 0) return { events, version };
        try {
          await this.journal.append(
            events.map(({ kind, data, personal }, n) => ({
              kind: kind as EntryKind,
              data: data as Fact<EntryKind>['data'],
              ...(personal ? { personal: personal as Fact<EntryKind>['personal'] } : {}),
              ...(alias === undefined ? {} : { alias }),
              ...(provider === undefined ? {} : { provider }),
              stream,
              version: history.length + n + 1,
            })),
          );
          return { events, version };
        } catch (error) {
          if (!(error instanceof ConcurrencyError) || attempt === ATTEMPTS_MAX) throw error;
          await delay(Math.random() * Math.min(PAUSE_MS_MAX, attempt));
        }
      }
    }
  }
  Object.defineProperty(DeciderHandler, 'name', { value: `${command.name}Handler` });
  return DeciderHandler;
};
