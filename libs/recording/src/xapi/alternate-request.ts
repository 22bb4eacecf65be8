import { invalid } from './invalid.js';
import type { XapiRequest } from './resource.js';

/** A request as it came over HTTP. */
export interface SentRequest {
  readonly method: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

const METHODS = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'] as const;
const HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'x-experience-api-version',
  'content-type',
  'content-length',
  'if-match',
  'if-none-match',
]);
const FORM = 'application/x-www-form-urlencoded';
/** Three times what any resource and all headers take. */
export const FORM_FIELDS_MAX = 64;

/**
 * What a request in the alternate syntax asks for (1.0.3 part 3 §1.3): a POST with `method` as its
 * only query parameter, and the parameters, headers and content in a form. Undefined for a request
 * that is none. Read it before the credentials: they may be in the form. What the form says of a
 * header goes before the header itself; who has a key in both needs two that are right, as the
 * form is not read for a wrong one. Throws DomainError `invalid-input`; also for 2.0, which
 * has no such syntax.
 */
export const readAlternate = (
  sent: SentRequest,
): Pick<XapiRequest, 'method' | 'parameters' | 'headers' | 'body'> | undefined => {
  if (!sent.query.has('method')) return undefined;
  const method = METHODS.find((name) => name === sent.query.get('method'));
  if (!method) throw invalid(`The parameter "method" is one of ${METHODS.join(', ')}.`);
  if (sent.method !== 'POST') throw invalid('A request with the parameter "method" is a POST.');
  if (sent.query.size > 1)
    throw invalid('Beside "method" all parameters are in the form, none in the address.');
  if (sent.headers['content-type']?.split(';')[0]?.trim().toLowerCase() !== FORM)
    throw invalid(`A request with the parameter "method" has the Content-Type ${FORM}.`);

  const { content, parameters, headers } = sorted(fieldsOf(sent.body));
  const merged: Record<string, string | undefined> = {
    ...sent.headers,
    // Those of the form itself, not of the request that is in it.
    'content-type': 'application/json',
    'content-length': undefined,
    ...headers,
  };
  if (merged['x-experience-api-version']?.startsWith('2.'))
    throw invalid('xAPI 2.0 has no alternate request syntax.');
  const brings = method === 'PUT' || method === 'POST';
  if (brings && !content?.length) throw invalid('The form has a field "content".');
  if (!brings && content) throw invalid(`A ${method} has no "content".`);
  return { method, parameters, headers: merged, body: content ?? Buffer.alloc(0) };
};

interface Sorted {
  readonly content?: Buffer;
  readonly parameters: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

const sorted = (fields: ReadonlyMap<string, Buffer>): Sorted => {
  const parameters = new Map<string, string>();
  const headers = new Map<string, string>();
  for (const [name, value] of fields) {
    if (HEADERS.has(name)) headers.set(name, value.toString('latin1'));
    else if (name !== 'content') parameters.set(name, textOf(value));
  }
  const content = fields.get('content');
  return {
    ...(content && { content }),
    parameters: Object.fromEntries(parameters),
    headers: Object.fromEntries(headers),
  };
};

/** The fields of a form as bytes, as an attachment need not be text; headers in lower case. */
const fieldsOf = (body: Buffer): ReadonlyMap<string, Buffer> => {
  const pairs = body.toString('latin1').split('&', FORM_FIELDS_MAX + 1);
  if (pairs.length > FORM_FIELDS_MAX)
    throw invalid(`A form has at most ${FORM_FIELDS_MAX} fields.`);
  const fields = new Map<string, Buffer>();
  for (const pair of pairs.filter((text) => text !== '')) {
    const at = pair.indexOf('=');
    const said = textOf(decoded(at === -1 ? pair : pair.slice(0, at)));
    const name = HEADERS.has(said.toLowerCase()) ? said.toLowerCase() : said;
    if (fields.has(name)) throw invalid('A form has each field once.');
    fields.set(name, decoded(at === -1 ? '' : pair.slice(at + 1)));
  }
  return fields;
};

const PLUS = '+'.charCodeAt(0);
const PERCENT = '%'.charCodeAt(0);
const SPACE = ' '.charCodeAt(0);

/** Byte by byte: the form is read before the key in it, so it must cost next to nothing. */
const decoded = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'latin1');
  let to = 0;
  for (let at = 0; at < bytes.length; at += 1, to += 1) {
    const byte = bytes[at] ?? 0;
    const octet = byte === PERCENT ? octetOf(bytes[at + 1], bytes[at + 2]) : undefined;
    bytes[to] = octet ?? (byte === PLUS ? SPACE : byte);
    if (octet !== undefined) at += 2;
  }
  return bytes.subarray(0, to);
};

const octetOf = (high: number | undefined, low: number | undefined): number | undefined => {
  const [upper, lower] = [hexOf(high), hexOf(low)];
  return upper === undefined || lower === undefined ? undefined : 16 * upper + lower;
};

const hexOf = (code = 0): number | undefined => {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : undefined;
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const textOf = (bytes: Buffer): string => {
  try {
    return utf8.decode(bytes);
  } catch {
    throw invalid('The fields of a form are UTF-8, percent-encoded.');
  }
};
