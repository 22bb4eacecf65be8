import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DomainError, PublicUrl } from '#kernel';
import type { Client, Receipt } from '#contracts';
import type { Submission } from '../content.js';
import { Quota } from '../deliveries/quota.js';
import type { ItemAnswer } from '../domain/delivery.js';
import type { Statement } from '../domain/xapi-statement.js';
import { BODY_BYTES_MAX, itemsOf, parseJson } from '../json-body.js';
import { Recorder } from '../recorder.js';
import { attachmentIssues } from './attachment-issues.js';
import { invalid } from './invalid.js';
import { type AttachmentContent, isMultipart, readMultipart } from './multipart.js';
import type { XapiAnswer, XapiRequest, XapiResource } from './resource.js';
import { signatureIssues } from './signature.js';
import { checkStatements, submissionOf } from './statements.js';
import { withActivityLists } from './statement-format.js';
import { UUID } from './statement-parameters.js';
import { StatementSearch } from './statement-search.js';
import type { NewStatement, Stored } from './store/new-statement.js';
import { PrepareStatements } from './store/prepare-statements.js';
import { StatementDefinitions } from './store/statement-definitions.js';
import { StatementWriter } from './store/statement-writer.js';
import { inUtc } from './timestamps.js';

/** Clients give up on long headers: more receipts than these are not linked. */
const LINKS_MAX = 40;

/** What came in a body: one statement or several, and the attachments that came along. */
interface Sent {
  readonly values: readonly unknown[];
  readonly isList: boolean;
  readonly attachments: ReadonlyMap<string, AttachmentContent>;
}

/** `/statements` (xAPI 1.0.3 part 3 §2.1, IEEE 9274.1.1 §4.1.6.1). */
@Injectable()
export class StatementsResource implements XapiResource {
  readonly path = '/statements';
  readonly methods = ['GET', 'HEAD', 'PUT', 'POST'] as const;

  constructor(
    private readonly publicUrl: PublicUrl,
    private readonly recorder: Recorder,
    private readonly preparing: PrepareStatements,
    private readonly writer: StatementWriter,
    private readonly definitions: StatementDefinitions,
    private readonly search: StatementSearch,
    private readonly quota: Quota,
  ) {}

  handle(request: XapiRequest): Promise<XapiAnswer> {
    if (request.method === 'POST') return this.#post(request);
    if (request.method === 'PUT') return this.#put(request);
    return this.search.answer(request);
  }

  async #post(request: XapiRequest): Promise<XapiAnswer> {
    if (Object.keys(request.parameters).length > 0) throw invalid('A POST has no parameters.');
    const stored = await this.#store(request, this.#read(request));
    return {
      status: 200,
      headers: this.#links(stored),
      body: stored.map(({ id }) => id),
      became: becameOf(request, stored),
    };
  }

  async #put(request: XapiRequest): Promise<XapiAnswer> {
    const { statementId, ...others } = request.parameters;
    if (statementId === undefined || !UUID.test(statementId) || Object.keys(others).length > 0)
      throw invalid('The only parameter is "statementId", a UUID.');
    const { values, isList, attachments } = this.#read(request);
    const [body] = values;
    if (isList || typeof body !== 'object' || body === null)
      throw invalid('Must be one statement.');
    const { id = statementId } = body as { readonly id?: unknown };
    if (typeof id !== 'string' || id.toLowerCase() !== statementId.toLowerCase())
      throw invalid('Must be the "statementId" of the address.', '#/id');
    const stored = await this.#store(request, {
      values: [{ ...body, id }],
      isList: false,
      attachments,
    });
    return { status: 204, headers: this.#links(stored), became: becameOf(request, stored) };
  }

  /** The request has paid for one statement already; the others cost before they are looked at. */
  #read(request: XapiRequest): Sent {
    const sent = sentIn(request);
    this.quota.spendRest(request.client, sent.values.length);
    return sent;
  }

  /** All or nothing (1.0.3 part 3 §2.1.2). */
  async #store(
    { client, version, area }: XapiRequest,
    { values, isList, attachments }: Sent,
  ): Promise<readonly Stored[]> {
    const pointerTo = (n: number): string => (isList ? `/${n}` : '');
    const statements = checkStatements(values, version, pointerTo);
    const issues = [
      ...attachmentIssues(statements, new Set(attachments.keys()), pointerTo),
      ...(await signatureIssues(statements, attachments, version, pointerTo)),
    ];
    if (issues.length > 0) throw new DomainError('invalid-input', undefined, issues);
    const source = sourceOf(client);
    const ready = statements.map((sent): NewStatement => {
      const id = sent.id?.toLowerCase() ?? randomUUID();
      const said = submissionOf(sent, source, `xapi-${version}`);
      const submission = this.#earning(client, said && named(said, id));
      const kept = { id, statement: keptAs(sent, id, version) };
      const own = attachmentsOf(sent, attachments);
      return { ...kept, attachments: own, ...(submission ? { submission } : {}) };
    });
    if (area === 'test') return ready.map(({ id }) => ({ id }));
    const sealed = await this.preparing.prepare(client.id, ready);
    const stored = await this.writer.write({ client, statements: sealed });
    this.definitions.remember(client.id, sealed);
    return stored;
  }

  /** What the ledger is to be told; nothing of what lies in the future, which xAPI allows. */
  #earning(client: Client, submission: Submission | undefined): Submission | undefined {
    const refusal = submission && this.recorder.refusal(client, submission);
    if (!refusal) return submission;
    if (refusal.code === 'time-in-future') return undefined;
    throw refusal;
  }

  /** RFC 8288; the anchor says which statement the receipt is for. */
  #links(stored: readonly Stored[]): Readonly<Record<string, string>> {
    const links = stored
      .flatMap(({ id, receipt }) => (receipt ? [this.#link(receipt, id)] : []))
      .slice(0, LINKS_MAX);
    return links.length > 0 ? { link: links.join(', ') } : {};
  }

  #link({ log, seq }: Receipt, statementId: string): string {
    const receipt = this.publicUrl.to(`/v1/ledger/${log}/entries/${seq}`);
    return `<${receipt}>; rel="receipt"; anchor="urn:uuid:${statementId}"`;
  }
}

const sentIn = ({ headers, body }: XapiRequest): Sent => {
  const type = headers['content-type'] ?? '';
  if (isMultipart(type)) {
    const { statements, attachments } = readMultipart(type, body);
    return sentAs(statements, attachments);
  }
  // 400, not 415: the standard says so (1.0.3 part 3 §3.2).
  if (!/^application\/json\s*(;|$)/iu.test(type))
    throw invalid('Statements are application/json, or multipart/mixed with attachments.');
  return sentAs(body, new Map());
};

const sentAs = (json: Buffer, attachments: Sent['attachments']): Sent => {
  if (json.length > BODY_BYTES_MAX)
    throw new DomainError('too-large', `Statements may have ${BODY_BYTES_MAX} bytes as JSON.`);
  const value = parseJson(json.toString());
  return { values: itemsOf(value), isList: Array.isArray(value), attachments };
};

/** What became of each statement: the ledger's word, or that it is kept and can earn nothing. */
const becameOf = ({ area }: XapiRequest, stored: readonly Stored[]): readonly ItemAnswer[] =>
  stored.map(({ receipt }) =>
    area === 'test' ? { status: 'test' } : (receipt ?? { status: 'telemetry', because: '' }),
  );

/**
 * As it was sent, with what the store fills in (1.0.3 part 2 §2.4). The time comes first, where one
 * was sent: see `StatementText`.
 */
const keptAs = (sent: Statement, id: string, version: XapiRequest['version']): Statement => {
  const { stored: _stored, authority: _authority, timestamp, ...statement } = sent;
  const is2 = version === '2.0.0';
  return withActivityLists({
    ...(timestamp === undefined ? {} : { timestamp: is2 ? inUtc(timestamp) : timestamp }),
    version: is2 ? '2.0.0' : '1.0.0',
    ...statement,
    id,
  });
};

/** The contents that a statement, or the one inside it, names. */
const attachmentsOf = (
  { object, attachments = [] }: Statement,
  sent: Sent['attachments'],
): readonly AttachmentContent[] => {
  const inner = object.objectType === 'SubStatement' ? (object.attachments ?? []) : [];
  const hashes = new Set([...attachments, ...inner].map(({ sha2 }) => sha2.toLowerCase()));
  return [...hashes].flatMap((sha2) => sent.get(sha2) ?? []);
};

/** Where a repeat could not be told from a new statement, the event has the statement's id. */
const named = (submission: Submission, id: string): Submission => {
  const { report } = submission;
  return report.id === undefined && report.times.length === 0
    ? { ...submission, report: { ...report, id } }
    : submission;
};

const sourceOf = ({ sources: [source] }: Client): string => {
  if (source === undefined) throw new DomainError('source-not-yours', 'No source is registered.');
  return source;
};
