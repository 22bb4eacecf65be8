import { DomainError, type Issue } from '#kernel';
import { versionOf } from './check.js';
import { scalarFault } from './scalars.js';
import { text, time } from './model/kinds.js';
import type { Version } from './types.js';

const PROPERTIES = ['sensor', 'sendTime', 'dataVersion', 'data'];

/** Whether a document means to be an envelope. */
export const isEnvelope = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !('type' in value) &&
  PROPERTIES.some((name) => Object.hasOwn(value, name));

/**
 * Checks an envelope without what is in `data` (Caliper 1.2, Envelope): four properties, all
 * required, no others. Out: what is wrong, and the version of the data if it is known here.
 */
export const checkEnvelope = (
  value: unknown,
): { readonly version?: Version; readonly issues: readonly Issue[] } => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { issues: [{ pointer: '#', detail: 'Must be an envelope: an object.' }] };
  const { sensor, sendTime, dataVersion, data } = value as Readonly<Record<string, unknown>>;
  const version = typeof dataVersion === 'string' ? versionOf(dataVersion) : undefined;
  const faults = {
    sensor: scalarFault(text, sensor) ?? (sensor === '' ? 'Must not be empty.' : undefined),
    sendTime: scalarFault(time, sendTime),
    dataVersion: version ? undefined : 'Must be the IRI of the context of Caliper 1.2 (or 1.1).',
    data: dataFault(data),
  };
  const issues = Object.entries(faults).flatMap(([name, detail]) => {
    const missing = !Object.hasOwn(value, name);
    return detail ? [{ pointer: `#/${name}`, detail: missing ? 'Required.' : detail }] : [];
  });
  if (Object.keys(value).some((name) => !PROPERTIES.includes(name)))
    issues.push({ pointer: '#', detail: `An envelope has only ${PROPERTIES.join(', ')}.` });
  return version ? { version, issues } : { issues };
};

const dataFault = (data: unknown): string | undefined => {
  if (!Array.isArray(data)) return 'Must be a list.';
  return data.length === 0 ? 'Must hold at least one event or entity.' : undefined;
};

/** An envelope that was checked, for what has to be done with its parts. */
export interface Envelope {
  readonly version: Version;
  readonly data: readonly unknown[];
}

/**
 * Throws DomainError: `caliper-version-unknown` for an envelope of a version that is not read here
 * (Caliper 1.2, HTTP Responses), `invalid-input` for what is no envelope at all.
 */
export const envelopeOf = (value: unknown): Envelope => {
  const { version, issues } = checkEnvelope(value);
  if (version && issues.length === 0)
    return { version, data: (value as { readonly data: readonly unknown[] }).data };
  const onlyVersion = issues.every(({ pointer }) => pointer === '#/dataVersion');
  const named = typeof (value as { readonly dataVersion?: unknown } | null)?.dataVersion;
  throw new DomainError(
    onlyVersion && named === 'string' ? 'caliper-version-unknown' : 'invalid-input',
    undefined,
    issues,
  );
};
