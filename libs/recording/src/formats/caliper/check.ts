import type { Issue } from '#kernel';
import { term, type Kind } from './model/kinds.js';
import { isIri, isNode, scalarFault } from './scalars.js';
import { isOneOf, type Type, typeNamed, type Version, withAction } from './types.js';
import { partOf } from './written.js';

/** So many issues are told of one item; more than that is one mistake made often. */
const ISSUES_MAX = 20;
/** Nothing in the model is nested deeper. */
const DEPTH_MAX = 32;
/** A longer name of an unknown property is not repeated in a pointer. */
const NAME_MAX = 64;

const CONTEXT = '@context';
export const CONTEXTS: Readonly<Record<Version, string>> = {
  '1.1': 'http://purl.imsglobal.org/ctx/caliper/v1p1',
  '1.2': 'http://purl.imsglobal.org/ctx/caliper/v1p2',
};
const VOCABULARY = 'http://purl.imsglobal.org/caliper/';
/** They have no id and need no context of their own: no Event and no Entity. */
const NO_ENTITIES = ['SystemIdentifier', 'Selector'];

type Properties = Readonly<Record<string, unknown>>;

/** Where a check has got to. */
interface Place {
  readonly pointer: string;
  readonly depth: number;
  /** The numbers of this part as they were written, if known. */
  readonly numbers: unknown;
}

/** Which version a context is of; undefined if it is none of Caliper's. */
export const versionOf = (context: unknown): Version | undefined => {
  const last: unknown = Array.isArray(context) ? context.at(-1) : context;
  if (last === CONTEXTS['1.2']) return '1.2';
  return typeof last === 'string' && last.startsWith(CONTEXTS['1.1']) ? '1.1' : undefined;
};

/**
 * Checks an event or an entity as it stands in `data` of an envelope, by the tables of the model.
 * Out: what is wrong with it, if anything, with pointers that begin with `pointer`; never a value.
 */
export const checkItem = (
  value: unknown,
  version: Version,
  pointer: string,
  numbers?: unknown,
): readonly Issue[] => new Check(version).item(value, { pointer, depth: 0, numbers });

const isProperties = (value: unknown): value is Properties =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const escape = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

const within = ({ pointer, depth, numbers }: Place, name: string | number): Place => ({
  pointer: `${pointer}/${escape(String(name))}`,
  depth: depth + 1,
  numbers: partOf(numbers, name),
});

class Check {
  readonly #issues: Issue[] = [];
  constructor(private readonly version: Version) {}

  item(value: unknown, place: Place): readonly Issue[] {
    if (!isProperties(value)) this.#say(place, 'Must be an object: an event or an entity.');
    else {
      const type = this.#typeOf(value, place);
      this.#topContext(value, type, place);
      if (type) this.#properties(value, type, place);
    }
    return this.#issues;
  }

  #say({ pointer }: Pick<Place, 'pointer'>, detail: string): void {
    if (this.#issues.length < ISSUES_MAX) this.#issues.push({ pointer, detail });
  }

  #typeOf(value: Properties, place: Place): Type | undefined {
    const type = typeNamed(this.version, value['type']);
    if (!type)
      this.#say(
        within(place, 'type'),
        value['type'] === undefined || value['type'] === null
          ? 'Required.'
          : 'Must be the term of a type that Caliper defines.',
      );
    return type;
  }

  /** "JSON-LD Context", Requirements. In 1.1 it was often left to the envelope. */
  #topContext(value: Properties, type: Type | undefined, place: Place): void {
    const context = value[CONTEXT];
    const at = within(place, CONTEXT);
    if (context === undefined || context === null) {
      const needed = this.version === '1.2' && !(type && isOneOf(type, NO_ENTITIES));
      if (needed) this.#say(at, 'Required.');
      return;
    }
    // Not in the text, which wants the remote one named: an official example defines all inline.
    if (isProperties(context) && context['caliper'] === VOCABULARY) return;
    if (versionOf(context) !== this.version)
      return this.#say(
        at,
        `Must be "${CONTEXTS[this.version]}", or a list of contexts of which it is the last.`,
      );
    this.#contexts(context, at);
  }

  /** "Defined as a string, object or array"; what they define is their own affair. */
  #contexts(context: unknown, place: Place): void {
    const isList = Array.isArray(context);
    for (const [n, one] of (isList ? context : [context]).entries())
      if (!isProperties(one) && !isIri(one) && one !== null)
        this.#say(isList ? within(place, n) : place, 'Must be an absolute IRI or an object.');
  }

  #properties(value: Properties, base: Type, place: Place): void {
    if (place.depth > DEPTH_MAX) return this.#say(place, 'Nested too deeply.');
    const type = withAction(base, value['action']);
    for (const name of type.needs)
      if (value[name] === undefined || value[name] === null)
        this.#say(within(place, name), 'Required.');
    for (const [name, part] of Object.entries(value)) {
      if (name === CONTEXT && place.depth > 0) this.#contexts(part, within(place, name));
      if (name === 'type' || name === CONTEXT) continue;
      const kind = name === 'action' ? actionsOf(type) : type.has.get(name);
      if (!kind) this.#unknown(name, place);
      // "Properties with a value of null or empty SHOULD be excluded": null is as good as absent.
      else if (part !== null) this.#value(kind, part, within(place, name));
    }
  }

  /** "Custom attributes not described by the model MUST be added to the extensions property." */
  #unknown(name: string, place: Place): void {
    if (this.version === '1.1') return;
    this.#say(
      name.length > NAME_MAX ? place : within(place, name),
      'Not in the model: it belongs into "extensions".',
    );
  }

  #value(kind: Kind, value: unknown, place: Place): void {
    if (this.#issues.length >= ISSUES_MAX) return;
    if (kind.is === 'list') this.#list(kind.of, value, place);
    else if (kind.is === 'entity') this.#entity(kind.types, value, place);
    else {
      const fault = scalarFault(kind, value, place.numbers);
      if (fault) this.#say(place, fault);
    }
  }

  #list(kind: Kind, value: unknown, place: Place): void {
    if (!Array.isArray(value)) return this.#say(place, 'Must be a list.');
    for (const [n, part] of value.entries()) this.#value(kind, part, within(place, n));
  }

  #entity(types: readonly string[], value: unknown, place: Place): void {
    if (typeof value === 'string') {
      if (!isNode(value)) this.#say(place, 'Must be an object or an absolute IRI.');
      return;
    }
    if (!isProperties(value)) return this.#say(place, 'Must be an object or an absolute IRI.');
    const type = this.#typeOf(value, place);
    if (!type) return;
    if (!isOneOf(type, types)) {
      const names = types.map((name) => name.replace('=', '')).join(' or ');
      return this.#say(within(place, 'type'), `Must be ${names}, or a subtype.`);
    }
    this.#properties(value, type, place);
  }
}

const actionsOf = ({ event }: Type): Kind | undefined => event && term('action', event.actions);
