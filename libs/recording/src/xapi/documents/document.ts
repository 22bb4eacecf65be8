import { hash } from 'node:crypto';
import { DomainError } from '#kernel';
import { canonicalOf } from '../../content.js';
import { parseJson } from '../../json-body.js';
import type { XapiRequest, XapiVersion } from '../resource.js';

/** Anything a client keeps here: bytes, and what it says they are. */
export interface Document {
  readonly contentType: string;
  readonly content: Buffer;
}

export const DOCUMENT_BYTES_MAX = 1024 * 1024;
/** A media type with its parameters: what may stand in a header, and no more. */
const CONTENT_TYPE = /^[!-.0-~]+\/[ -~]+$/u;
const CONTENT_TYPE_CHARS_MAX = 256;
const BYTES = 'application/octet-stream';
const ENTITY_TAG = /(?<weak>W\/)?"(?<tag>[^"]*)"/gu;

type Headers = XapiRequest['headers'];

/**
 * The document that a request brings. Throws DomainError `too-large`, or `invalid-input` for a
 * Content-Type that could not be sent back.
 */
export const documentOf = ({ headers, body }: Pick<XapiRequest, 'headers' | 'body'>): Document => {
  const contentType = headers['content-type'] ?? BYTES;
  if (contentType.length > CONTENT_TYPE_CHARS_MAX || !CONTENT_TYPE.test(contentType))
    throw new DomainError('invalid-input', 'The Content-Type is not a media type.');
  return bounded({ contentType, content: body });
};

const bounded = (document: Document): Document => {
  if (document.content.length > DOCUMENT_BYTES_MAX)
    throw new DomainError('too-large', `A document may have ${DOCUMENT_BYTES_MAX} bytes.`);
  return document;
};

/** The entity tag: SHA-1 of the content in hexadecimal, in quotes (1.0.3 part 3 §3.1). */
export const etagOf = ({ content }: Document): string => `"${hash('sha1', content)}"`;

/** Whether If-None-Match names the document, so that it need not be sent (RFC 9110 §13.1.2). */
export const isKnown = (headers: Headers, current: Document): boolean =>
  names(headers['if-none-match'], current, 'weak');

/**
 * If-Match and If-None-Match against what is there (RFC 9110 §13.1). Throws DomainError
 * `precondition-failed`.
 */
export const checkPreconditions = (headers: Headers, current: Document | undefined): void => {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  if (match !== undefined && !names(match, current, 'strong'))
    throw new DomainError('precondition-failed');
  if (noneMatch !== undefined && names(noneMatch, current, 'weak'))
    throw new DomainError('precondition-failed');
};

const names = (
  header: string | undefined,
  current: Document | undefined,
  comparison: 'strong' | 'weak',
): boolean => {
  if (header === undefined || !current) return false;
  if (header.trim() === '*') return true;
  const etag = etagOf(current);
  return [...header.matchAll(ENTITY_TAG)].some(
    ({ groups }) => `"${groups?.['tag']}"` === etag && (comparison === 'weak' || !groups?.['weak']),
  );
};

/**
 * What a PUT without If-Match and If-None-Match may do. In 1.0.3 state may be overwritten so, and a
 * profile not even begun (part 3 §3.1); in 2.0 nothing may be overwritten (§4.1.4).
 * Throws DomainError `document-exists` or `invalid-input`.
 */
export const checkBlindPut = (
  { headers, version }: { readonly headers: Headers; readonly version: XapiVersion },
  kind: 'state' | 'profile',
  current: Document | undefined,
): void => {
  if (headers['if-match'] !== undefined || headers['if-none-match'] !== undefined) return;
  if (version === '1.0.3' && kind === 'state') return;
  if (current) throw new DomainError('document-exists');
  if (version === '1.0.3')
    throw new DomainError(
      'invalid-input',
      'Say "If-None-Match: *" to begin a profile, or the ETag to replace in "If-Match".',
    );
};

/**
 * What a POST leaves: the posted document where there was none, else the members of both at the
 * first level, the posted ones where both have them (1.0.3 part 3 §2.2). Throws DomainError
 * `invalid-input` or `malformed-json` if they are not JSON objects, `too-large`.
 */
export const mergedWith = (current: Document | undefined, posted: Document): Document => {
  if (!current) {
    if (isJson(posted)) objectOf(posted);
    return posted;
  }
  if (!isJson(posted)) throw notMergeable('Only application/json can be added to a document.');
  if (!isJson(current)) throw notMergeable('The document is not application/json: PUT a new one.');
  const merged = { ...objectOf(current), ...objectOf(posted) };
  // What could not be written again as it was read: numbers too large, nesting without end.
  const canonical = canonicalOf(merged);
  if ('detail' in canonical) throw notMergeable(canonical.detail);
  return bounded({
    contentType: current.contentType,
    content: Buffer.from(JSON.stringify(merged)),
  });
};

const notMergeable = (detail: string): DomainError => new DomainError('invalid-input', detail);

const isJson = ({ contentType }: Document): boolean =>
  contentType.split(';')[0]?.trim().toLowerCase() === 'application/json';

const objectOf = ({ content }: Document): object => {
  const value = parseJson(textOf(content));
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw notMergeable('Must be a JSON object.');
  return value;
};

const textOf = (content: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw new DomainError('malformed-json', 'Not UTF-8.');
  }
};
