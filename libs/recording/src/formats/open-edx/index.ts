import { canonicalJson } from '#merkle';
import { momentOf } from '../../domain/report.js';
import type { Format, Item, Reading } from '../format.js';
import { type Meaning, meaningOf, type Places, rawFormat } from './meaning.js';
import { type Message, messageOf, parseMessages } from './message.js';

const KEY = /^[^\s/?#]{1,1000}(?:\/[^\s/?#]{1,255}){0,2}$/u;
const USER = /^[^\s]{1,256}$/u;
/** RFC 3339, and as Python prints it: a space for the T. */
const TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/u;

/**
 * Events of Open edX: lines of the tracking log, and messages of the event bus as JSON. The id that
 * a tracking event carries is that of the HTTP request, in which there may be several: an event is
 * known by what it says and when.
 */
export const format: Format = {
  name: 'openedx-tracking',
  path: '/v1/formats/open-edx',
  mediaTypes: [
    'application/json',
    'application/x-ndjson',
    'application/cloudevents+json',
    'application/cloudevents-batch+json',
  ],
  summary: 'Tracking events of Open edX (a list, or JSON lines) and messages of its event bus',
  parse: parseMessages,
  read: (values, reading) =>
    (values as readonly unknown[]).map((value, n) => read(value, `#/${n}`, reading)),
};

const read = (value: unknown, pointer: string, reading: Reading): Item => {
  const message = messageOf(value);
  if ('detail' in message) return refused(pointer, message.detail);
  const meaning = meaningOf(message, placesAt(reading.homePage));
  if (meaning === undefined)
    return { pointer, is: 'telemetry', because: 'this event earns nothing' };
  if (typeof meaning === 'string') return { pointer, is: 'telemetry', because: meaning };
  const user = typeof meaning.user === 'number' ? String(meaning.user) : meaning.user;
  // Nobody is signed in: such events have an empty user id, or none.
  if (user === '' || user === null || user === undefined)
    return { pointer, is: 'telemetry', because: 'it names no user' };
  if (typeof user !== 'string' || !USER.test(user))
    return refused(pointer, 'The user id is a number or a short text.');
  const happened = TIME.test(message.time ?? '')
    ? momentOf((message.time ?? '').replace(' ', 'T'))
    : undefined;
  if (happened === undefined)
    return refused(pointer, 'It does not say when it happened, with an offset from UTC.');
  return eventOf(value, pointer, message, { ...meaning, user, happened }, reading);
};

const eventOf = (
  value: unknown,
  pointer: string,
  message: Message,
  meaning: Meaning & { readonly user: string; readonly happened: number },
  { source, homePage }: Reading,
): Item => {
  const { user, happened, data, series, notFirst } = meaning;
  return {
    pointer,
    is: 'event',
    said: value,
    format: rawFormat(message),
    verb: message.name.slice(0, 256),
    report: {
      is: 'learning',
      source,
      times: [happened],
      learner: { account: { homePage, name: user } },
      data,
    },
    ...(series === undefined
      ? // Microseconds are told apart too: clocks of the log have them.
        { content: canonicalJson({ name: message.name, time: message.time, data }) }
      : {
          series: {
            key: [series, data.activity.id],
            reason: 'data-correction',
            ...(notFirst === undefined ? {} : { notFirst }),
          },
        }),
  };
};

const placesAt = (homePage: string): Places => {
  const root = homePage.replace(/\/+$/u, '');
  return {
    course: (key) =>
      typeof key === 'string' && KEY.test(key)
        ? { id: `${root}/course/${key}`, type: 'course' }
        : undefined,
    block: (key) =>
      typeof key === 'string' && KEY.test(key)
        ? { id: `${root}/xblock/${key}`, type: 'assessment' }
        : undefined,
  };
};

const refused = (pointer: string, detail: string): Item => ({
  pointer,
  is: 'refused',
  issues: [{ pointer, detail }],
});
