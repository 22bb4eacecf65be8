import { compactVerify, decodeProtectedHeader, importX509 } from 'jose';
import { DomainError, type Issue } from '#kernel';
import type { Statement, StatementAttachment } from '../domain/xapi-statement.js';
import { isSameStatement } from './comparable-statement.js';
import type { AttachmentContent } from './multipart.js';
import type { XapiVersion } from './resource.js';
import { statementIssues } from './statements.js';

export const SIGNATURE_USAGE = 'http://adlnet.gov/expapi/attachments/signature';
/** In one request; each is a statement to parse and a signature to verify. */
export const SIGNATURES_MAX = 200;
/** A statement in base64 and a chain of certificates. */
export const SIGNATURE_BYTES_MAX = 512 * 1024;

const ALGORITHMS: ReadonlySet<string> = new Set(['RS256', 'RS384', 'RS512']);
const COMPACT = /^[\w-]+\.([\w-]+)\.[\w-]+$/u;

/**
 * What is wrong with the signatures of statements (1.0.3 part 2 §2.6): each is a JWS in compact
 * form whose payload is the statement as it was before it was signed. It is verified where it
 * brings a certificate; without one nobody can say whose it is, and nothing is said. `contents`
 * are the attachments sent, by hash; the statements have the form of statements. Throws DomainError
 * `too-large` for more than SIGNATURES_MAX.
 */
export const signatureIssues = async (
  statements: readonly Statement[],
  contents: ReadonlyMap<string, AttachmentContent>,
  version: XapiVersion,
  pointerTo: (n: number) => string,
): Promise<readonly Issue[]> => {
  const issues: Issue[] = [];
  let signatures = 0;
  for (const [n, statement] of statements.entries())
    for (const [m, attachment] of statement.attachments?.entries() ?? []) {
      if (!isSignature(attachment)) continue;
      signatures += 1;
      if (signatures > SIGNATURES_MAX)
        throw new DomainError('too-large', `A request may have ${SIGNATURES_MAX} signatures.`);
      const content = contents.get(attachment.sha2.toLowerCase())?.content;
      const detail = await fault(statement, attachment, content, version);
      if (detail !== undefined)
        issues.push({ pointer: `#${pointerTo(n)}/attachments/${m}`, detail });
    }
  return issues;
};

const isSignature = ({ usageType }: StatementAttachment): boolean => usageType === SIGNATURE_USAGE;

const fault = async (
  statement: Statement,
  { contentType }: StatementAttachment,
  content: Buffer | undefined,
  version: XapiVersion,
): Promise<string | undefined> => {
  if (contentType !== 'application/octet-stream')
    return 'A signature has the "contentType" application/octet-stream.';
  if (content === undefined) return 'A signature is sent with its statement.';
  if (content.length > SIGNATURE_BYTES_MAX)
    return `A signature may have ${SIGNATURE_BYTES_MAX} bytes.`;
  const jws = content.toString('latin1');
  const header = headerOf(jws);
  const payload = COMPACT.exec(jws)?.[1];
  if (!header || payload === undefined) return 'A signature is a JWS in compact form.';
  if (!ALGORITHMS.has(header.alg ?? ''))
    return `A signature is made with one of ${[...ALGORITHMS].join(', ')}.`;
  // Extensions that must be understood, of which none is (RFC 7515 §4.1.11).
  if (header.crit !== undefined) return 'A signature has no critical extensions.';
  const signed = parsed(Buffer.from(payload, 'base64url').toString());
  if (statementIssues(signed, version).length > 0)
    return 'What a signature signs is a valid statement.';
  if (!isSameStatement(unsigned(signed as Statement), unsigned(statement)))
    return 'What a signature signs is the statement that it is attached to.';
  return header.x5c === undefined || (await verifies(jws, header))
    ? undefined
    : 'The signature is not by the key of its first certificate (x5c).';
};

type Header = ReturnType<typeof decodeProtectedHeader>;

const headerOf = (jws: string): Header | undefined => {
  try {
    return decodeProtectedHeader(jws);
  } catch {
    return undefined;
  }
};

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
};

/** A signature is attached after the signing, so what was signed has it not. */
const unsigned = (statement: Statement): Statement => {
  const { attachments = [], ...rest } = statement;
  return { ...rest, attachments: attachments.filter((one) => !isSignature(one)) };
};

const verifies = async (jws: string, { alg = '', x5c }: Header): Promise<boolean> => {
  const [certificate] = Array.isArray(x5c) ? x5c : [];
  if (typeof certificate !== 'string') return false;
  try {
    const pem = `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----`;
    await compactVerify(jws, await importX509(pem, alg));
    return true;
  } catch {
    return false;
  }
};
