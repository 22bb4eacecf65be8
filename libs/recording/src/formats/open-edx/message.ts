import { DomainError } from '#kernel';
import { BATCH_MAX, itemsOf, parseJson } from '../../json-body.js';

type Json = Readonly<Record<string, unknown>>;

/** A tracking event or a message of the event bus, in one form. */
export interface Message {
  readonly on: 'tracking' | 'event-bus';
  readonly name: string;
  readonly time: string | undefined;
  /** `server`, or `browser` and `mobile`, which say what somebody wants; absent in some logs. */
  readonly by: string | undefined;
  /** The body of the event. */
  readonly data: Json;
  readonly context: Json;
}

/** A line that is no JSON. */
const BROKEN = Symbol('broken');

/** In: JSON lines (a tracking log), a list or one object. Throws `malformed-json`, `too-large`. */
export const parseMessages = (text: string): readonly unknown[] => {
  if (text.trimStart().startsWith('[')) return itemsOf(parseJson(text));
  const lines = text.split('\n', BATCH_MAX + 1).filter((line) => line.trim() !== '');
  if (lines.length > BATCH_MAX) throw tooMany();
  const values = lines.map(lineOf);
  if (values[0] !== BROKEN) return values;
  const whole = lineOf(text);
  return whole === BROKEN ? values : [whole];
};

const tooMany = (): DomainError =>
  new DomainError('too-large', `A body may hold ${BATCH_MAX} events.`);

const lineOf = (line: string): unknown => {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    // Logs are cut off now and then: what is wrong with one line is no trouble to the others.
    return BROKEN;
  }
};

/** In: one value of a body. Out: the message; in plain words what is wrong if it is none. */
export const messageOf = (value: unknown): Message | { readonly detail: string } => {
  if (value === BROKEN) return { detail: 'This line is not JSON.' };
  const said = objectOf(value);
  // The attributes of CloudEvents, or what Open edX and Kafka's clients make of them.
  const around = objectOf(said['headers'] ?? said['metadata'] ?? said['event_metadata']);
  const type = textOf(said['type'] ?? around['ce_type'] ?? around['event_type']);
  if (type?.startsWith('org.openedx.'))
    return {
      on: 'event-bus',
      name: type,
      time: textOf(said['time'] ?? around['ce_time'] ?? around['time']),
      by: 'server',
      data: objectOf(said['data'] ?? said['value'] ?? said),
      context: {},
    };
  const name = textOf(said['name'] ?? said['event_type']);
  const context = objectOf(said['context']);
  if (name === undefined)
    return { detail: 'Neither a tracking event ("name") nor a message of the event bus ("type").' };
  return {
    on: 'tracking',
    name,
    time: textOf(said['timestamp'] ?? said['time']),
    by: textOf(said['event_source'] ?? context['event_source']),
    data: bodyOf(said['data'] ?? said['event']),
    context,
  };
};

export const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

export const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/** The body of an event of the browser is JSON in a text, or the fields of a form. */
const bodyOf = (event: unknown): Json => {
  if (typeof event !== 'string') return objectOf(event);
  try {
    return objectOf(JSON.parse(event));
  } catch {
    return {};
  }
};
