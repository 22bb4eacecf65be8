import { entities } from './model/entities.js';
import { deprecatedEvents, EVENT, events } from './model/events.js';
import type { EventRow, Kind, TypeRow } from './model/kinds.js';
import { deprecatedResources, resources } from './model/resources.js';

export type Version = '1.1' | '1.2';

/** A type with everything that it inherits. */
export interface Type {
  readonly name: string;
  /** Itself and its supertypes. */
  readonly isA: ReadonlySet<string>;
  readonly has: ReadonlyMap<string, Kind>;
  readonly needs: ReadonlySet<string>;
  /** Only an event has actions. */
  readonly event?: EventRow;
}

type Types = ReadonlyMap<string, Type>;

/** Supertypes stand before the rows that name them, or are resolved when they are met. */
const resolveAll = (rows: Readonly<Record<string, TypeRow>>): Types => {
  const types = new Map<string, Type>();
  const resolve = (name: string): Type => {
    const known = types.get(name);
    if (known) return known;
    const row = rows[name] ?? {};
    const above = (row.kindOf ?? []).map(resolve);
    const type: Type = {
      name,
      isA: new Set([name, ...above.flatMap(({ isA }) => [...isA])]),
      has: new Map([...above.flatMap(({ has }) => [...has]), ...Object.entries(row.has ?? {})]),
      needs: new Set([...above.flatMap(({ needs }) => [...needs]), ...(row.needs ?? [])]),
    };
    types.set(name, type);
    return type;
  };
  for (const name of Object.keys(rows)) resolve(name);
  return types;
};

const eventTypes = (rows: Readonly<Record<string, EventRow>>): Types =>
  new Map(
    Object.entries(rows).map(([name, row]) => [
      name,
      {
        name,
        isA: new Set([name]),
        has: new Map(Object.entries({ ...EVENT.has, ...row.has })),
        needs: new Set(EVENT.needs),
        event: row,
      },
    ]),
  );

const TYPES: Readonly<Record<Version, Types>> = {
  '1.1': new Map([
    ...resolveAll({ ...entities, ...resources, ...deprecatedResources }),
    ...eventTypes({ ...events, ...deprecatedEvents }),
  ]),
  '1.2': new Map([...resolveAll({ ...entities, ...resources }), ...eventTypes(events)]),
};

/** The type of this name; undefined if the version has none. */
export const typeNamed = (version: Version, name: unknown): Type | undefined =>
  typeof name === 'string' ? TYPES[version].get(name) : undefined;

/** Whether an entity of a type may stand where these are expected (see `entity`). */
export const isOneOf = ({ name, isA }: Type, expected: readonly string[]): boolean =>
  expected.some((type) => (type.startsWith('=') ? type.slice(1) === name : isA.has(type)));

/** An event with what its action asks for beyond the rest. */
export const withAction = (type: Type, action: unknown): Type => {
  const when =
    typeof action === 'string' && type.event?.when && Object.hasOwn(type.event.when, action)
      ? type.event.when[action]
      : undefined;
  if (!when) return type;
  return {
    ...type,
    has: new Map([...type.has, ...Object.entries(when.has ?? {})]),
    needs: new Set([...type.needs, ...(when.needs ?? [])]),
  };
};
