import { z } from 'zod';
import { DomainError } from '#kernel';
import type { Me } from '#contracts';
import { DESK_VERBS } from './pages/provider-page.js';

/** What a person at a provider's desk types: who, what, when. */
export const DeskEvent = z.strictObject({
  learner: z.string().min(1).max(256),
  title: z.string().min(1).max(200),
  verb: z.enum(DESK_VERBS),
  day: z.iso.date(),
  hours: z.number().positive().max(10_000).optional(),
  /** The address of an activity that an achievement asks for. */
  activity: z.string().max(2048).optional(),
});
export type DeskEvent = z.infer<typeof DeskEvent>;

type Organisation = NonNullable<Me['organisation']>;

/**
 * The account that a provider knows a learner by, at its desk. It must be the one that the
 * provider's systems name as well, or one learner becomes two: throws DomainError `unavailable`
 * while the provider's registration is not known here yet.
 */
export const deskAccount = ({ homePage }: Organisation, name: string) => {
  if (homePage === undefined) throw new DomainError('unavailable');
  return { homePage, name };
};

/** The source of what is typed by hand: the one registered for it, else the provider's first. */
const deskSource = ({ sources = [] }: Organisation): string => {
  const source = sources.find((registered) => registered.endsWith(':desk')) ?? sources[0];
  if (source === undefined) throw new DomainError('source-not-yours');
  return source;
};

const slug = (title: string): string =>
  encodeURIComponent(title.toLowerCase().normalize('NFC').replace(/\s+/gu, '-'));

/**
 * The event to send (CloudEvents 1.0). In: what was typed, and the key of the form as its id, so
 * that sending the form twice records it once. Without a chosen
 * activity, the same title is the same activity. Throws as deskAccount does, and DomainError
 * `source-not-yours` for a provider without a source.
 */
export const cloudEventOf = (event: DeskEvent, organisation: Organisation, key: string) => {
  const occurredAt = `${event.day}T12:00:00Z`;
  return {
    specversion: '1.0',
    id: key,
    source: deskSource(organisation),
    type: `org.learning-ledger.${event.verb}.v1`,
    time: occurredAt,
    datacontenttype: 'application/json',
    data: {
      learner: { account: deskAccount(organisation, event.learner) },
      activity: {
        id: event.activity ?? `urn:llcl:${organisation.id}:activity:${slug(event.title)}`,
        type: 'event',
        name: { en: event.title },
      },
      verb: event.verb,
      occurredAt,
      ...(event.hours === undefined
        ? {}
        : { result: { duration: `PT${Math.round(event.hours * 60)}M` } }),
    },
  };
};

const FIELDS: readonly (readonly [pointer: string, field: keyof DeskEvent])[] = [
  ['#/data/learner', 'learner'],
  ['#/data/activity', 'title'],
  ['#/data/result', 'hours'],
  ['#/data/occurredAt', 'day'],
  ['#/time', 'day'],
  ['#/type', 'verb'],
];

/** Says of which field of the form a problem with the event is. */
export const fieldOfEvent = (pointer: string): string => {
  const known = FIELDS.find(([start]) => pointer.startsWith(start));
  return known === undefined ? pointer : `#/${known[1]}`;
};
