import type { IncomingMessage } from 'node:http';
import { get as getOverHttps } from 'node:https';
import { Injectable, Optional } from '@nestjs/common';
import { RequestFilteringHttpsAgent } from 'request-filtering-agent';
import { isCompactJws } from './compact-jws.js';
import { RecordingSettings } from './settings.js';

/** A document takes so long, and those that one body asks for so long together. */
const DOCUMENT_MS = 5_000;
const BODY_MS = 20_000;
export const DOCUMENT_BYTES_MAX = 256 * 1024;
const REDIRECTS_MAX = 3;
const ACCEPT = 'application/ld+json, application/json, application/vc, application/vc+jwt;q=0.9';
/** To all hosts together. */
const CONNECTIONS_MAX = 16;

/** What somebody else publishes at an address: JSON, or the text of a compact JWS. */
export type Published =
  | { readonly state: 'found'; readonly document: unknown }
  /** It was there, and its publisher says that it is not any more (410). */
  | { readonly state: 'withdrawn' }
  /** What is there, if anything, is neither JSON nor a compact JWS, or too large. */
  | { readonly state: 'missing' }
  /** Nobody answers just now, or this address is not to be asked. */
  | { readonly state: 'unreachable' }
  /** This installation asks nobody. */
  | { readonly state: 'off' };

/** Asks for the document at an https address. Never throws. */
export type ReadPublished = (address: string) => Promise<Published>;

/** As `get` of node:https. */
export type Transport = (
  url: URL,
  options: { readonly signal: AbortSignal; readonly headers: Readonly<Record<string, string>> },
  onResponse: (response: IncomingMessage) => void,
) => { on(event: 'error', listener: () => void): unknown };

/**
 * Never asks a host of our own network, whatever name it goes by: the address that a name stands for is
 * looked at when it is connected to.
 */
const agent = new RequestFilteringHttpsAgent({ maxTotalSockets: CONNECTIONS_MAX });
const overHttps: Transport = (url, options, onResponse) =>
  getOverHttps(url, { ...options, agent }, onResponse);

/**
 * What others publish and who sends it only points at: hosted badges, and the keys of signed ones. A
 * provider says which address is asked, so it is asked with care: https, hosts of the public
 * internet, little time, few bytes, nothing but JSON and JWS. Nothing of it is logged: an address may name a person.
 */
@Injectable()
export class PublishedDocuments {
  readonly #isOff: boolean;

  constructor(
    settings: RecordingSettings,
    @Optional() private readonly transport: Transport = overHttps,
  ) {
    this.#isOff = !settings.fetchesPublished;
  }

  /** For one body: each address is asked once, and all of them share the time that a body has. */
  forOneBody(): ReadPublished {
    // Most bodies ask for nothing.
    let ended: AbortSignal | undefined;
    const asked = new Map<string, Promise<Published>>();
    return (address) => {
      const earlier = asked.get(address);
      if (earlier) return earlier;
      ended ??= AbortSignal.timeout(BODY_MS);
      const published = this.#read(address, ended, REDIRECTS_MAX);
      asked.set(address, published);
      return published;
    };
  }

  async #read(address: string, ended: AbortSignal, redirects: number): Promise<Published> {
    if (this.#isOff) return { state: 'off' };
    const url = URL.parse(address);
    if (url?.protocol !== 'https:' || url.username || url.password) return { state: 'unreachable' };
    const response = await this.#ask(
      url,
      AbortSignal.any([ended, AbortSignal.timeout(DOCUMENT_MS)]),
    );
    if (!response) return { state: 'unreachable' };
    const { statusCode = 0, headers } = response;
    if (statusCode === 200) return documentIn(response);
    response.destroy();
    if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
      const next = URL.parse(headers.location, url.href);
      if (!next || redirects === 0) return { state: 'missing' };
      return this.#read(next.href, ended, redirects - 1);
    }
    if (statusCode === 410) return { state: 'withdrawn' };
    return { state: statusCode === 404 ? 'missing' : 'unreachable' };
  }

  #ask(url: URL, signal: AbortSignal): Promise<IncomingMessage | undefined> {
    const headers = { accept: ACCEPT };
    return new Promise((resolve) => {
      this.transport(url, { signal, headers }, resolve).on('error', () => resolve(undefined));
    });
  }
}

const documentIn = async (response: IncomingMessage): Promise<Published> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      // Leaving the loop lets go of the connection.
      if (bytes > DOCUMENT_BYTES_MAX) return { state: 'missing' };
      chunks.push(chunk);
    }
  } catch {
    return { state: 'unreachable' };
  }
  const text = Buffer.concat(chunks).toString().trim();
  if (isCompactJws(text)) return { state: 'found', document: text };
  try {
    return { state: 'found', document: JSON.parse(text) as unknown };
  } catch {
    return { state: 'missing' };
  }
};
