import { DomainError } from '#kernel';
import type { IntakeMessage } from '#log';
import { attribute } from './cloud-event-body.js';
import { parseJson } from './json-body.js';

/** Raw bytes: an event is smaller (EVENT_BYTES_MAX), also with spaces and escapes. */
export const MESSAGE_BYTES_MAX = 128 * 1024;

const STRUCTURED = 'application/cloudevents+json';
const JSON_TYPE = 'application/json';
const PREFIX = 'ce_';

const invalid = (pointer: string, detail: string): DomainError =>
  new DomainError('invalid-input', undefined, [{ pointer, detail }]);

/**
 * The event of a message: structured or binary (CloudEvents 1.0.2, Kafka binding §3). Without a
 * content type and without attributes in headers it is read as structured, as connectors send it.
 * Out: an object as POST /v1/events takes it. Throws DomainError `malformed-json`, `too-large`,
 * `unsupported-media-type`, or `invalid-input` where headers and value do not agree.
 */
export const eventOf = (message: IntakeMessage): object => {
  const headers = single(message);
  const mediaType = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  const attributes = [...headers]
    .filter(([name]) => name.startsWith(PREFIX))
    .map(([name, text]) => [name.slice(PREFIX.length), text] as const);
  const isStructured =
    mediaType === STRUCTURED || (mediaType === undefined && attributes.length === 0);
  if (!isStructured && mediaType !== undefined && mediaType !== JSON_TYPE)
    throw new DomainError(
      'unsupported-media-type',
      `Send ${STRUCTURED}, or application/json with the attributes in headers (ce_…).`,
    );
  const value = jsonOf(message.value);
  return withoutKey((isStructured ? structured : binary)(value, attributes), message);
};

/** Header by header; one that is given twice could mean either. */
const single = ({ headers }: IntakeMessage): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    if (found.has(key) && found.get(key) !== value)
      throw invalid(`#/${key.replace(PREFIX, '')}`, 'A header is given twice.');
    found.set(key, value);
  }
  return found;
};

const utf8 = new TextDecoder('utf-8', { fatal: true });

const jsonOf = (value: Uint8Array | null): unknown => {
  if (value === null) throw new DomainError('malformed-json', 'The message has no value.');
  if (value.length > MESSAGE_BYTES_MAX)
    throw new DomainError('too-large', `A message may have ${MESSAGE_BYTES_MAX} bytes.`);
  try {
    return parseJson(utf8.decode(value));
  } catch (error) {
    throw error instanceof DomainError ? error : new DomainError('malformed-json', 'Not UTF-8.');
  }
};

type Attributes = readonly (readonly [name: string, text: string])[];

/** The whole event is the value; headers may repeat it, and must not contradict it. */
const structured = (value: unknown, attributes: Attributes): object => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('#', 'Must be one event.');
  const said = value as Readonly<Record<string, unknown>>;
  for (const [name, text] of attributes)
    if (Object.hasOwn(said, name) ? said[name] !== attribute(name, text) : true)
      throw invalid(`#/${name}`, 'The header says otherwise.');
  return value;
};

/** The value is the data; its media type is in its own header, and only there. */
const binary = (data: unknown, attributes: Attributes): object => {
  const said = Object.fromEntries(
    attributes.map(([name, text]) => [name, attribute(name, text)] as const),
  );
  const { datacontenttype = JSON_TYPE } = said;
  if (datacontenttype !== JSON_TYPE)
    throw invalid('#/datacontenttype', 'The content type of the message says otherwise.');
  if ('data' in said) throw invalid('#/data', 'In binary mode the value is the data.');
  return { ...said, datacontenttype: JSON_TYPE, data };
};

/** The extension that names the message's key (Kafka binding §3.1) says nothing of the event. */
const withoutKey = (event: object, { key }: IntakeMessage): object => {
  if (!('partitionkey' in event)) return event;
  const { partitionkey, ...rest } = event;
  if (key === null || partitionkey !== Buffer.from(key).toString())
    throw invalid('#/partitionkey', 'The key of the message says otherwise.');
  return rest;
};
