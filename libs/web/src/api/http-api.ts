import { UnavailableError } from '#kernel';
import { Api, type ApiRequest, type ApiResponse, headersOf } from './api.js';

const TIMEOUT_MS = 10_000;

/** The API of separate services, through the one proxy in front of them. */
export class HttpApi extends Api {
  readonly #url: string;

  constructor(url: string) {
    super();
    this.#url = url;
  }

  async request(request: ApiRequest): Promise<ApiResponse> {
    try {
      const response = await fetch(new URL(request.path, this.#url), {
        method: request.method,
        headers: headersOf(request),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      });
      const headers = Object.fromEntries(response.headers.entries());
      return { status: response.status, headers, text: await response.text() };
    } catch (error) {
      throw new UnavailableError('the API', error);
    }
  }
}
