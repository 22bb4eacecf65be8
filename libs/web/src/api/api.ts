import type { Readable } from 'node:stream';

/** A call of the public JSON API, made for the person whose token it carries. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path and query, already encoded. */
  readonly path: string;
  readonly token?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it comes, under `contentType`; instead of a body. */
  readonly stream?: Readable;
  /** The length of the stream, where that is known. */
  readonly length?: string | undefined;
  /** Media type wanted; JSON unless stated. */
  readonly accept?: string;
  /** Media type of the body; `application/json` unless stated. */
  readonly contentType?: string;
  /** Sent again with the same key, a call is carried out once. */
  readonly idempotencyKey?: string | undefined;
  /** Handed on, so that the page and the calls behind it have one id in the log. */
  readonly requestId?: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** An answer that is read as it comes. */
export interface OpenedResponse {
  readonly status: number;
  readonly body: Readable;
}

/**
 * The way to the public API. The pages know nothing else of the ledger, so whatever a page can do
 * a program can do. An answer of any status is an answer; only not reaching the API at all throws
 * (UnavailableError).
 */
export abstract class Api {
  abstract request(request: ApiRequest): Promise<ApiResponse>;
  /** The same for answers that may be long. */
  abstract open(request: ApiRequest): Promise<OpenedResponse>;
}

/** The headers that a call carries, whichever way it goes. */
export const headersOf = (request: ApiRequest): Record<string, string> => ({
  accept: request.accept ?? 'application/json',
  ...(request.token === undefined ? {} : { authorization: `Bearer ${request.token}` }),
  ...(request.requestId === undefined ? {} : { 'x-request-id': request.requestId }),
  ...(request.idempotencyKey === undefined ? {} : { 'idempotency-key': request.idempotencyKey }),
  ...(request.length === undefined ? {} : { 'content-length': request.length }),
  ...(request.body === undefined && request.stream === undefined
    ? {}
    : { 'content-type': request.contentType ?? 'application/json' }),
});
