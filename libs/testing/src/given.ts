import { expect } from '@jest/globals';
import { type Decider, DomainError, type DomainEvent, fold } from '#kernel';

/** What follows from the command. */
export interface Outcome<State, Event extends DomainEvent> {
  /** Exactly these facts, in this order. */
  then(...events: readonly Event[]): void;
  /** Nothing: the command was carried out before, or changes nothing. */
  thenNothing(): void;
  /** A broken rule with this code, and no facts. */
  thenThrows(code: string): void;
  /** The facts, for what `then` cannot say. */
  events(): readonly Event[];
  /** The state that history and facts lead to. */
  state(): State;
}

/**
 * The specification of an aggregate by example. `then…` checks with jest's expect.
 * @example given(share, created).when({ type: 'stop', at }).then(stopped);
 * @example given(share).when({ type: 'stop', at }).thenThrows('not-found');
 */
export const given = <State, Command, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  ...history: readonly Event[]
): { when(command: Command): Outcome<State, Event> } => ({
  when: (command) => {
    const decide = () => decider.decide(command, fold(decider, history));
    return {
      // oxlint-disable-next-line unicorn/no-thenable -- the word of given/when/then; nobody awaits it
      then: (...events) => expect(decide()).toEqual(events),
      thenNothing: () => expect(decide()).toEqual([]),
      thenThrows: (code) => {
        let thrown: unknown;
        try {
          decide();
        } catch (error) {
          thrown = error;
        }
        expect(thrown).toBeInstanceOf(DomainError);
        expect(thrown).toMatchObject({ code });
      },
      events: decide,
      state: () => fold(decider, [...history, ...decide()]),
    };
  },
});
