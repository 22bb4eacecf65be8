/** A fact an aggregate has decided. `personal` is sealed before it is stored; `data` never is. */
export interface DomainEvent<
  Kind extends string = string,
  Data extends object = object,
  Personal extends object | undefined = object | undefined,
> {
  readonly kind: Kind;
  readonly data: Data;
  readonly personal?: Personal;
}

/**
 * A pure aggregate. Time, ids and randomness arrive inside the command, so the same command on the
 * same state always gives the same facts.
 */
export interface Decider<State, Command, Event extends DomainEvent> {
  readonly initial: State;
  readonly evolve: (state: State, event: Event) => State;
  /** The facts to append; an empty list means that nothing changes, so a command may be repeated. */
  readonly decide: (command: Command, state: State) => readonly Event[];
}

/** The state that a history leads to. */
export const fold = <State, Command, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  history: readonly Event[],
): State => history.reduce(decider.evolve, decider.initial);
