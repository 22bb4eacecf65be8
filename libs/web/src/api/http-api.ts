import { Readable } from 'node:stream';
import { UnavailableError } from '#kernel';
import { Api, type ApiRequest, type ApiResponse, headersOf, type OpenedResponse } from './api.js';

const TIMEOUT_MS = 10_000;
/** What is sent or read as a stream may be large, and the way slow. */
const STREAM_TIMEOUT_MS = 6 * 3_600_000;

/** The API of separate services, through the one proxy in front of them. */
export class HttpApi extends Api {
  readonly #url: string;

  constructor(url: string) {
    super();
    this.#url = url;
  }

  async request(request: ApiRequest): Promise<ApiResponse> {
    try {
      const response = await this.#fetch(request, request.stream ? STREAM_TIMEOUT_MS : TIMEOUT_MS);
      const headers = Object.fromEntries(response.headers.entries());
      return { status: response.status, headers, text: await response.text() };
    } catch (error) {
      throw new UnavailableError('the API', error);
    }
  }

  async open(request: ApiRequest): Promise<OpenedResponse> {
    try {
      const { status, body } = await this.#fetch(request, STREAM_TIMEOUT_MS);
      return { status, body: body ? Readable.fromWeb(body) : Readable.from([]) };
    } catch (error) {
      throw new UnavailableError('the API', error);
    }
  }

  #fetch(request: ApiRequest, timeoutMs: number): Promise<Response> {
    return fetch(new URL(request.path, this.#url), {
      method: request.method,
      headers: headersOf(request),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      ...(request.stream === undefined
        ? {}
        : { body: Readable.toWeb(request.stream), duplex: 'half' }),
    });
  }
}
