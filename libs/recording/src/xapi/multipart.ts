import { hash, randomUUID } from 'node:crypto';
import { DomainError } from '#kernel';
import { invalid } from './invalid.js';

/** The content of an attachment, found by the hash that statements name it by. */
export interface AttachmentContent {
  /** SHA-2, hexadecimal, in lower case. */
  readonly sha2: string;
  readonly contentType: string;
  readonly content: Buffer;
}

export interface MultipartBody {
  /** The first part: one statement or a list of them, as JSON. */
  readonly statements: Buffer;
  /** By hash; a content that was sent twice is there once. */
  readonly attachments: ReadonlyMap<string, AttachmentContent>;
}

/** The statements and so many attachments; more is a mistake or an attack. */
export const PARTS_MAX = 201;
/** Of one part; the headers that mean something need a tenth of it. */
export const PART_HEADER_BYTES_MAX = 4_096;

const OCTETS = 'application/octet-stream';
const MULTIPART = /^multipart\/mixed\s*;/iu;
/** RFC 2046 §5.1.1: at most 70 characters, and no space at the end. */
const BOUNDARY =
  /;\s*boundary=(?:"([\w'()+,./:=? -]{0,69}[\w'()+,./:=?-])"|([\w'()+,./:=?-]{1,70}))\s*(?:;|$)/iu;
/** By the number of hexadecimal digits: the standard says SHA-2 and not which. */
const ALGORITHMS: Readonly<Record<number, string>> = {
  56: 'sha224',
  64: 'sha256',
  96: 'sha384',
  128: 'sha512',
};
const HEX = /^[0-9a-f]+$/u;
/** RFC 9110 §5.6.2 and §5.5, for what is sent out as a header: visible ASCII and spaces. */
const HEADER_VALUE = /^[\x20-\x7e]+$/u;

export const isMultipart = (contentType: string): boolean => MULTIPART.test(`${contentType};`);

/**
 * A body of statements with the contents of their attachments (1.0.3 part 3 §1.5.2, IEEE 9274.1.1
 * §4.1.3): the statements first, then each content under its hash, which is checked. Takes time in
 * proportion to the body, and copies nothing of it. Throws DomainError `invalid-input` for any
 * other body, `too-large` for more than PARTS_MAX parts.
 */
export const readMultipart = (contentType: string, body: Buffer): MultipartBody => {
  const [, quoted, bare] = BOUNDARY.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  if (!isMultipart(contentType) || boundary === undefined)
    throw invalid('The Content-Type is multipart/mixed with a boundary.');
  const [first, ...others] = partsOf(body, boundary).map(partOf);
  if (mediaType(first?.headers.get('content-type')) !== 'application/json' || !first)
    throw invalid('The first part is the statements, with the Content-Type application/json.');
  const contents = others.map(attachmentOf);
  return {
    statements: first.content,
    attachments: new Map(contents.map((content) => [content.sha2, content])),
  };
};

/** What stands between the boundaries; what stands before the first and after the last is void. */
const partsOf = (body: Buffer, boundary: string): readonly Buffer[] => {
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  const parts: Buffer[] = [];
  let at = body.indexOf(delimiter.subarray(2)) === 0 ? -2 : body.indexOf(delimiter);
  while (at !== -1) {
    const after = at + delimiter.length;
    const start = lineEnd(body, after);
    if (start === undefined) {
      if (body.toString('latin1', after, after + 2) === '--') return parts;
      throw invalid('A boundary stands on a line of its own.');
    }
    if (parts.length === PARTS_MAX)
      throw new DomainError('too-large', `A body may have ${PARTS_MAX} parts.`);
    at = body.indexOf(delimiter, start);
    if (at !== -1) parts.push(body.subarray(start, at));
  }
  throw invalid('The last part ends with the boundary and two hyphens.');
};

/** Where the next line begins; undefined if more than white space stands before it. */
const lineEnd = (body: Buffer, from: number): number | undefined => {
  const end = body.indexOf('\r\n', from);
  const rest = end === -1 ? '' : body.toString('latin1', from, Math.min(end, from + 100));
  return end !== -1 && /^[\t ]*$/u.test(rest) ? end + 2 : undefined;
};

interface Part {
  readonly headers: ReadonlyMap<string, string>;
  readonly content: Buffer;
}

const partOf = (part: Buffer): Part => {
  const head = part.subarray(0, PART_HEADER_BYTES_MAX);
  const end = head.indexOf('\r\n\r\n');
  if (end === -1)
    throw invalid(`Each part begins with headers of at most ${PART_HEADER_BYTES_MAX} bytes.`);
  const headers = new Map<string, string>();
  for (const line of head.toString('latin1', 0, end).split('\r\n')) {
    const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):[\t ]*(.*)$/u.exec(line) ?? [];
    if (name === undefined || value === undefined) throw invalid('A header is "Name: value".');
    if (headers.has(name.toLowerCase())) throw invalid('A part has each header once.');
    headers.set(name.toLowerCase(), value.trimEnd());
  }
  return { headers, content: part.subarray(end + 4) };
};

const mediaType = (contentType = ''): string | undefined =>
  contentType.split(';')[0]?.trim().toLowerCase();

const attachmentOf = ({ headers, content }: Part): AttachmentContent => {
  if (headers.get('content-transfer-encoding')?.toLowerCase() !== 'binary')
    throw invalid('Each attachment has the header "Content-Transfer-Encoding: binary".');
  const sha2 = headers.get('x-experience-api-hash')?.toLowerCase() ?? '';
  const algorithm = ALGORITHMS[sha2.length];
  if (algorithm === undefined || !HEX.test(sha2))
    throw invalid('Each attachment has the header "X-Experience-API-Hash": SHA-2, hexadecimal.');
  if (hash(algorithm, content) !== sha2)
    throw invalid('An attachment has not the hash that its X-Experience-API-Hash says.');
  return { sha2, contentType: headers.get('content-type') || OCTETS, content };
};

/**
 * Statements as an answer with the contents of their attachments (1.0.3 part 3 §1.5.2): `json` is
 * the statement or StatementResult. Each content is sent once, however many statements name it.
 */
export const writeMultipart = (
  json: string,
  attachments: Iterable<AttachmentContent>,
): { readonly contentType: string; readonly body: Buffer } => {
  // Random, so that no content holds it, whoever wrote it.
  const boundary = randomUUID();
  const parts = [part(boundary, ['Content-Type: application/json'], Buffer.from(json))];
  const sent = new Set<string>();
  for (const { sha2, contentType, content } of attachments) {
    if (sent.has(sha2)) continue;
    sent.add(sha2);
    const headers = [
      `Content-Type: ${HEADER_VALUE.test(contentType) ? contentType : OCTETS}`,
      'Content-Transfer-Encoding: binary',
      `X-Experience-API-Hash: ${sha2}`,
    ];
    parts.push(part(boundary, headers, content));
  }
  return {
    contentType: `multipart/mixed; boundary=${boundary}`,
    body: Buffer.concat([...parts.flat(), Buffer.from(`--${boundary}--\r\n`)]),
  };
};

const part = (boundary: string, headers: readonly string[], content: Buffer): readonly Buffer[] => [
  Buffer.from(`--${boundary}\r\n${headers.join('\r\n')}\r\n\r\n`),
  content,
  Buffer.from('\r\n'),
];
