/** A value that stands for itself. */
export type Scalar =
  | { readonly is: 'text' | 'iri' | 'node' | 'uuid' | 'time' | 'duration' | 'boolean' | 'map' }
  | { readonly is: 'decimal' }
  | { readonly is: 'integer'; readonly least?: number }
  | { readonly is: 'term'; readonly of: ReadonlySet<string>; readonly called: string };

/** What a value of a property is (the "Type" column of the tables in the specification). */
export type Kind =
  | Scalar
  | { readonly is: 'entity'; readonly types: readonly string[] }
  | { readonly is: 'list'; readonly of: Kind };

/**
 * A type of the model: what it is a kind of, its properties beyond those of its supertypes, and
 * which of them must be there.
 */
export interface TypeRow {
  readonly kindOf?: readonly string[];
  readonly has?: Readonly<Record<string, Kind>>;
  readonly needs?: readonly string[];
}

/** An event type. `when` says what one action asks for beyond the rest. */
export interface EventRow extends TypeRow {
  readonly actions: ReadonlySet<string>;
  readonly when?: Readonly<Record<string, Pick<TypeRow, 'has' | 'needs'>>>;
}

export const text: Scalar = { is: 'text' };
/** How an entity is named: an absolute IRI, or a blank node identifier where it has none. */
export const node: Scalar = { is: 'node' };
export const uuid: Scalar = { is: 'uuid' };
export const time: Scalar = { is: 'time' };
export const duration: Scalar = { is: 'duration' };
export const yesOrNo: Scalar = { is: 'boolean' };
/** Keys and values that the model does not know. */
export const map: Scalar = { is: 'map' };
export const decimal: Scalar = { is: 'decimal' };
export const integer: Scalar = { is: 'integer' };
export const count: Scalar = { is: 'integer', least: 0 };

export const term = (called: string, of: ReadonlySet<string>): Scalar => ({
  is: 'term',
  of,
  called,
});

/**
 * An entity of one of these types or their subtypes, as an object or by its IRI alone. A name that
 * begins with "=" stands for that very type without its subtypes.
 */
export const entity = (...types: readonly string[]): Kind => ({ is: 'entity', types });

export const list = (of: Kind): Kind => ({ is: 'list', of });
