import type { Issue } from '#kernel';
import { BATCH_MAX, BODY_BYTES_MAX } from '../../json-body.js';
import { CONTEXTS } from './check.js';
import { count, type Kind, list, map } from './model/kinds.js';
import { scalarFault } from './scalars.js';

/** As the text of the specification names them; its own example file has snake case. */
const PROPERTIES: Readonly<Record<string, Kind>> = {
  caliperMaximumPayloadSize: count,
  caliperSupportedVersions: list({ is: 'iri' }),
  caliperSupportedExtensions: map,
};
const VERSIONS = 'caliperSupportedVersions';
const KIBIBYTE = 1024;

/**
 * What our own endpoint says of itself. The text does not say which kilobytes it means: of the larger
 * ones, so that a sensor that means the smaller stays within the limit, too.
 */
export const endpointConfiguration = {
  caliperMaximumPayloadSize: BODY_BYTES_MAX / KIBIBYTE,
  caliperSupportedVersions: Object.values(CONTEXTS),
  caliperSupportedExtensions: { maximumItemsOfAnEnvelope: BATCH_MAX },
};

const camelCase = (name: string): string =>
  name.replaceAll(/_(?<letter>[a-z])/gu, (_, letter: string) => letter.toUpperCase());

/** Whether a document means to be the configuration of an endpoint. */
export const looksLikeConfiguration = (
  value: unknown,
): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  !('type' in value) &&
  Object.keys(value).some((name) => Object.hasOwn(PROPERTIES, camelCase(name)));

/** Checks what an endpoint says of itself (Caliper 1.2, Configuration Information). */
export const checkEndpointConfiguration = (
  value: Readonly<Record<string, unknown>>,
): readonly Issue[] => {
  const issues: Issue[] = [];
  const say = (name: string, detail: string) => issues.push({ pointer: `#/${name}`, detail });
  const seen = new Set<string>();
  for (const [name, part] of Object.entries(value)) {
    const known = camelCase(name);
    const kind = Object.hasOwn(PROPERTIES, known) ? PROPERTIES[known] : undefined;
    if (!kind || seen.has(known)) {
      issues.push({ pointer: '#', detail: 'No custom properties are permitted, and none twice.' });
      continue;
    }
    seen.add(known);
    for (const [place, detail] of faults(kind, part)) say(`${name}${place}`, detail);
  }
  if (!seen.has(VERSIONS)) say(VERSIONS, 'Required.');
  return issues;
};

const faults = (kind: Kind, value: unknown): readonly (readonly [string, string])[] => {
  if (kind.is === 'entity') return [];
  if (kind.is !== 'list') {
    const fault = scalarFault(kind, value);
    return fault ? [['', fault]] : [];
  }
  if (!Array.isArray(value)) return [['', 'Must be a list.']];
  return value.flatMap((part, n) =>
    faults(kind.of, part).map(([place, detail]) => [`/${n}${place}`, detail] as const),
  );
};
