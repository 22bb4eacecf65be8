import { DomainError } from '#kernel';
import { learnerOf } from '../../domain/xapi.js';
import type { Check } from '../../json-schema.js';
import {
  checkBlindPut,
  checkPreconditions,
  type Document,
  documentOf,
  etagOf,
  isKnown,
  mergedWith,
} from './document.js';
import { agentOf, checkParameters, parameterCheck, sinceOf } from './document-parameters.js';
import type { DocumentContext, DocumentPlace, Documents, StoredDocument } from './documents.js';
import type { XapiAnswer, XapiRequest, XapiResource } from '../resource.js';
import { mailHash } from '../../content.js';

/** What tells one document resource from another. */
export interface DocumentKind {
  readonly name: DocumentContext['kind'];
  readonly path: XapiResource['path'];
  readonly id: 'stateId' | 'profileId';
  readonly context: readonly ('activityId' | 'agent')[];
}

const DONE: XapiAnswer = { status: 204 };

/**
 * A document resource (xAPI 1.0.3 part 3 §2.2, §2.3, §2.6, §2.7, §3.1; IEEE 9274.1.1 §4.1.4,
 * §4.1.6). HEAD is answered as GET: whoever sends it leaves the body out.
 * Throws DomainError `invalid-input`, `malformed-json`, `too-large`, `not-found`,
 * `precondition-failed`, `document-exists`, and what Documents throws.
 */
export class DocumentResource implements XapiResource {
  readonly path: XapiResource['path'];
  readonly methods = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'] as const;
  readonly #kind: DocumentKind;
  readonly #one: Check;
  readonly #list: Check;
  readonly #all: Check;

  constructor(
    kind: DocumentKind,
    private readonly documents: Documents,
  ) {
    this.#kind = kind;
    this.path = kind.path;
    const optional = kind.name === 'state' ? (['registration'] as const) : [];
    this.#one = parameterCheck([...kind.context, kind.id], optional);
    this.#list = parameterCheck(kind.context, [...optional, 'since']);
    this.#all = parameterCheck(kind.context, optional);
  }

  async handle(request: XapiRequest): Promise<XapiAnswer> {
    const namesOne = request.parameters[this.#kind.id] !== undefined;
    switch (request.method) {
      case 'GET':
      case 'HEAD':
        return namesOne ? this.#get(request) : this.#getIds(request);
      case 'PUT':
        return this.#put(request);
      case 'POST':
        return this.#post(request);
      default:
        // Only state may be removed as a whole (§2.3).
        return namesOne || this.#kind.name !== 'state'
          ? this.#remove(request)
          : this.#removeAll(request);
    }
  }

  async #get(request: XapiRequest): Promise<XapiAnswer> {
    const stored = await this.documents.find(this.#placeOf(request));
    if (!stored) throw new DomainError('not-found');
    return answerOf(request, stored);
  }

  async #getIds(request: XapiRequest): Promise<XapiAnswer> {
    const { parameters } = request;
    checkParameters(this.#list, parameters);
    const since = sinceOf(parameters);
    const context = this.#contextOf(request);
    const ids = await this.documents.ids(context, { ...registrationOf(request), since });
    return { status: 200, body: ids };
  }

  async #put(request: XapiRequest): Promise<XapiAnswer> {
    const document = documentOf(request);
    return this.#change(request, (current) => {
      checkPreconditions(request.headers, current);
      checkBlindPut(request, this.#kind.name === 'state' ? 'state' : 'profile', current);
      return document;
    });
  }

  async #post(request: XapiRequest): Promise<XapiAnswer> {
    const posted = documentOf(request);
    return this.#change(request, (current) => {
      checkPreconditions(request.headers, current);
      return mergedWith(current, posted);
    });
  }

  async #remove(request: XapiRequest): Promise<XapiAnswer> {
    return this.#change(request, (current) => {
      checkPreconditions(request.headers, current);
      return undefined;
    });
  }

  async #removeAll(request: XapiRequest): Promise<XapiAnswer> {
    checkParameters(this.#all, request.parameters);
    const { registration } = registrationOf(request);
    await this.documents.removeAll(this.#contextOf(request), registration);
    return DONE;
  }

  async #change(
    request: XapiRequest,
    decide: (current: Document | undefined) => Document | undefined,
  ): Promise<XapiAnswer> {
    await this.documents.change(this.#placeOf(request), decide);
    return DONE;
  }

  #placeOf(request: XapiRequest): DocumentPlace {
    checkParameters(this.#one, request.parameters);
    const id = request.parameters[this.#kind.id] ?? '';
    return { ...this.#contextOf(request), ...registrationOf(request), id };
  }

  #contextOf(request: XapiRequest): DocumentContext {
    const { name, context } = this.#kind;
    const { client, parameters, version } = request;
    // A group with an identifier may have documents since 2.0 (§4.1.6.2, §4.1.6.5).
    const mayBe = version === '1.0.3' ? 'agent' : 'group';
    return {
      kind: name,
      client: client.id,
      agent: context.includes('agent')
        ? learnerOf(agentOf(parameters, mayBe), mailHash)
        : undefined,
      activityId: parameters['activityId'],
    };
  }
}

const registrationOf = ({ parameters }: XapiRequest): { registration: string | undefined } => ({
  registration: parameters['registration']?.toLowerCase(),
});

const answerOf = ({ headers }: XapiRequest, stored: StoredDocument): XapiAnswer => {
  const validators = { etag: etagOf(stored), 'last-modified': stored.updated.toUTCString() };
  if (isKnown(headers, stored)) return { status: 304, headers: validators };
  return {
    status: 200,
    headers: {
      ...validators,
      'content-type': stored.contentType,
      // A page somebody put here must not act as one of ours in a browser.
      'content-security-policy': "sandbox; default-src 'none'",
    },
    body: stored.content,
  };
};
