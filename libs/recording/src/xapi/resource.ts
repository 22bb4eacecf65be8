import type { Area, Client } from '#contracts';
import type { ItemAnswer } from '../domain/delivery.js';

export const XAPI_VERSIONS = ['1.0.3', '2.0.0'] as const;
export type XapiVersion = (typeof XAPI_VERSIONS)[number];

/** A request as the resources see it, whichever syntax it came in (xAPI 1.0.3 part 3 §1.3). */
export interface XapiRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Of the query, or of the form where the alternate syntax was used. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Names in lower case; of the form where the alternate syntax was used. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** Who asks: each client has a store of its own and sees nothing of the others'. */
  readonly client: Client;
  readonly version: XapiVersion;
  /** `test`: it is checked and answered, and nothing of it is kept. Else it counts. */
  readonly area?: Area;
}

export interface XapiAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object or a list is sent as JSON. */
  readonly body?: Buffer | string | object;
  /** What became of each statement that was sent; told to the sender by another way. */
  readonly became?: readonly ItemAnswer[];
}

/** A resource of the standard: what it answers to each method. Throws DomainError for refusals. */
export interface XapiResource {
  /** Under the endpoint: `/activities/state`. */
  readonly path: `/${string}`;
  readonly methods: readonly XapiRequest['method'][];
  handle(request: XapiRequest): Promise<XapiAnswer>;
}
