import { expect } from '@jest/globals';
import { type Decider, type DomainEvent, DomainError, fold } from '#kernel';

/** given(decider, ...history).when(command).then(...facts) or .thenThrows(code). */
export const given = <State, Command, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  ...history: readonly Event[]
) => ({
  when: (command: Command) => ({
    then: (...expected: readonly Event[]): void => {
      expect(decider.decide(command, fold(decider, history))).toEqual(expected);
    },
    thenThrows: (code: string): void => {
      let thrown: unknown;
      try {
        decider.decide(command, fold(decider, history));
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(DomainError);
      expect((thrown as DomainError).code).toBe(code);
    },
  }),
});
