import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ReactNode } from 'react';

import { DomainError, PublicUrl } from '#kernel';
import type { Me } from '#contracts';
import { Api } from './api/api.js';
import { Calls } from './api/calls.js';
import { Ledger } from './api/ledger.js';
import type { Done } from './components/notice.js';
import {
  Fields,
  type FieldProblem,
  type FormState,
  isFormProblem,
  problemsOf,
} from './form-state.js';
import type { Path } from './paths.js';
import { PAGE_HEADERS, renderPage, SCRIPTED_PAGE_HEADERS } from './render.js';
import { endSession, keepSession, sessionToken } from './session.js';
import { english, type TextKey, Texts } from './texts.js';

/** How the pages are served, as the app decided it. */
export class WebSettings {
  constructor(readonly demo: boolean) {}
}

interface View {
  /** The title in the browser's tab: a text of ours, or `{ title }` for words of others. */
  readonly title: TextKey | { readonly title: string };
  readonly body: ReactNode;
  readonly current?: Path;
  readonly status?: number;
  readonly wide?: boolean;
  /** True where the address itself is a secret. */
  readonly isPrivate?: boolean;
  /** Address of a script of ours. */
  readonly script?: string;
}

const FORM_REFUSED = 422;

/** One request for a page: who asks, the API in their name, and the ways to answer. */
export class Visit {
  readonly fields: Fields;

  constructor(
    private readonly request: FastifyRequest,
    private readonly reply: FastifyReply,
    private readonly publicUrl: PublicUrl,
    private readonly demo: boolean,
    readonly texts: Texts,
    readonly ledger: Ledger,
    readonly me: Me | undefined,
  ) {
    this.fields = new Fields(request.body);
  }

  /** Answers with a page. What only one visitor may see is kept out of every cache. */
  show(view: View): void {
    const { title, status = 200, body, current, wide = false, isPrivate = false, script } = view;
    const words = typeof title === 'string' ? this.texts.text(title) : title.title;
    const isPublic =
      this.me === undefined && this.request.method === 'GET' && status === 200 && !isPrivate;
    void this.reply
      .status(status)
      .headers({
        ...(script === undefined ? PAGE_HEADERS : SCRIPTED_PAGE_HEADERS),
        'cache-control': isPublic ? 'no-cache' : 'no-store',
      })
      .send(
        renderPage(this.texts, {
          title:
            status === FORM_REFUSED ? this.texts.text('page.problem', { title: words }) : words,
          me: this.me,
          demo: this.demo,
          wide,
          script,
          children: body,
          ...(current === undefined ? {} : { current }),
        }),
      );
  }

  /** Shows a form again, with what is wrong: 422. */
  showAgain(view: Omit<View, 'status'>): void {
    this.show({ ...view, status: FORM_REFUSED });
  }

  /** After a change: to a page that can be loaded again without changing anything. */
  redirect(address: string, done?: Done): void {
    const to = done === undefined ? address : `${address}?done=${done}`;
    void this.reply.header('cache-control', 'no-store').redirect(to, 303);
  }

  /** Answers with a file to keep. */
  download(name: string, mediaType: string, text: string | Readable): void {
    void this.reply
      .headers({
        'content-type': mediaType,
        'content-disposition': `attachment; filename="${name}"`,
        'cache-control': 'no-store',
      })
      .send(text);
  }

  /** Answers with server-sent events, as long as the visitor listens. */
  follow(events: AsyncIterable<string>): void {
    void this.reply
      .headers({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      .send(Readable.from(events));
  }

  signIn(token: string, seconds: number): void {
    keepSession(this.reply, this.publicUrl, token, seconds);
  }

  signOut(): void {
    endSession(this.reply, this.publicUrl);
  }

  /** The form as it was sent, with what is wrong with it. */
  refused(problems: readonly FieldProblem[]): FormState {
    return { values: this.fields.values, problems };
  }

  /**
   * Does what a form asks for. What the visitor can put right is answered by `again`, with the
   * form as it was sent; every other error goes on.
   */
  async attempt(
    action: () => Promise<void>,
    again: (state: FormState) => void | Promise<void>,
    labels: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof DomainError) || !isFormProblem(error)) throw error;
      await again(this.refused(problemsOf(error, labels)));
    }
  }
}

/** A key for a form that is shown: sent twice, it is carried out once. */
export const newFormKey = (): string => randomUUID();

/** Begins visits: reads the session, asks the API who it is, refuses who may not come in. */
@Injectable()
export class Visits {
  constructor(
    @Inject(Api) private readonly api: Api,
    private readonly settings: WebSettings,
    private readonly publicUrl: PublicUrl,
  ) {}

  /**
   * In: the roles that a page is for; none for pages that are open to all. Throws DomainError
   * `not-signed-in` or `not-allowed`. An open page is also shown when the session has ended.
   */
  async begin(
    request: FastifyRequest,
    reply: FastifyReply,
    ...roles: readonly Me['role'][]
  ): Promise<Visit> {
    const token = sessionToken(request.headers.cookie);
    const ledger = this.ledger(request, token);
    let me: Me | undefined;
    try {
      me = token === undefined ? undefined : await ledger.me();
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'not-signed-in') throw error;
    }
    if (roles.length > 0 && me === undefined) throw new DomainError('not-signed-in');
    if (roles.length > 0 && me && !roles.includes(me.role)) throw new DomainError('not-allowed');
    const texts = new Texts(english);
    const { publicUrl, settings } = this;
    return new Visit(
      request,
      reply,
      publicUrl,
      settings.demo,
      texts,
      me === undefined ? this.ledger(request) : ledger,
      me,
    );
  }

  /** The API in the name of a token. */
  ledger(request: FastifyRequest, token?: string): Ledger {
    return new Ledger(new Calls(this.api, request.id, token));
  }
}
