import type { IncomingHttpHeaders } from 'node:http';
import { DomainError } from '#kernel';
import { itemsOf } from './json-body.js';

const ONE = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';
export const EVENT_MEDIA_TYPES = [ONE, BATCH, 'application/json'] as const;

const PREFIX = 'ce-';
/** Attributes that are no text in JSON. */
const WHOLE_NUMBERS: ReadonlySet<string> = new Set(['revision']);

/**
 * The events of a request: structured, batched or binary (CloudEvents 1.0.2, HTTP binding §3).
 * Plain JSON is one event or a list of them. Throws `invalid-input` or `too-large`.
 */
export const eventsIn = (headers: IncomingHttpHeaders, body: unknown): readonly unknown[] => {
  const mediaType = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (mediaType === ONE && Array.isArray(body)) throw notA('one event', BATCH);
  if (mediaType === BATCH && !Array.isArray(body)) throw notA('a list of events', ONE);
  const isBinary = headers['ce-specversion'] !== undefined && mediaType === 'application/json';
  return itemsOf(isBinary ? fromHeaders(headers, body) : body);
};

const notA = (what: string, other: string): DomainError =>
  new DomainError('invalid-input', undefined, [
    { pointer: '#', detail: `Must be ${what}; for the other, send ${other}.` },
  ]);

const fromHeaders = (headers: IncomingHttpHeaders, data: unknown): object => {
  const attributes = Object.entries(headers).flatMap(([header, value]) =>
    header.startsWith(PREFIX) && typeof value === 'string'
      ? [[header.slice(PREFIX.length), attributeOf(header, value)]]
      : [],
  );
  return { ...Object.fromEntries(attributes), datacontenttype: 'application/json', data };
};

/** Percent-encoded, because headers of HTTP are ASCII. */
const attributeOf = (header: string, value: string): string | number => {
  const name = header.slice(PREFIX.length);
  try {
    return attribute(name, decodeURIComponent(value));
  } catch {
    throw new DomainError('invalid-input', undefined, [
      { pointer: `#/${name}`, detail: 'The header is not percent-encoded.' },
    ]);
  }
};

/** An attribute as a header says it, with the type that it has in JSON. */
export const attribute = (name: string, text: string): string | number =>
  WHOLE_NUMBERS.has(name) && /^\d{1,10}$/u.test(text) ? Number(text) : text;
