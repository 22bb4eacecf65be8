import { Inject, Injectable } from '@nestjs/common';
import { DomainError, PublicUrl } from '#kernel';
import { Vault } from '#vault';
import { learnerOf } from '../domain/xapi.js';
import type { Statement, StatementActor } from '../domain/xapi-statement.js';
import { writeMultipart } from './multipart.js';
import type { XapiAnswer, XapiRequest } from './resource.js';
import { canonicalStatement, type StatementForm, withIdsOnly } from './statement-format.js';
import { type ListQuery, statementQuery } from './statement-parameters.js';
import { mailHash } from '../content.js';
import { type More, MoreLinks } from './store/more-link.js';
import type { StatementQuery } from './store/statement-query.js';
import { type Page, type ReadStatement, StatementReader } from './store/statement-reader.js';
import { StatementTokens } from './store/tokens.js';

/** A page, where no limit is asked for and at most. */
const PAGE_MAX = 500;
const JSON_TYPE = 'application/json; charset=utf-8';
export const MORE_PATH = '/statements/more';

interface Shown {
  readonly format: StatementForm;
  readonly attachments: boolean;
}

/** What GET /statements answers (xAPI 1.0.3 part 3 §2.1.3): one statement, or a page of them. */
@Injectable()
export class StatementSearch {
  constructor(
    @Inject(Vault) private readonly vault: Vault,
    private readonly publicUrl: PublicUrl,
    private readonly reader: StatementReader,
    private readonly tokens: StatementTokens,
    private readonly links: MoreLinks,
  ) {}

  /** Throws `invalid-input` for parameters that do not go, `not-found` for one that is not there. */
  async answer(request: XapiRequest): Promise<XapiAnswer> {
    const asked = statementQuery(request.parameters);
    const { client } = request;
    if (asked.is === 'list') {
      const filters = await this.#filters(client.id, asked);
      if (filters === 'nothing') return this.#page(request, asked, { statements: [] }, undefined);
      const query = queryOf(client.id, asked, filters);
      const page = await this.reader.page(query, asked.attachments);
      return this.#page(request, asked, page, query);
    }
    const found = await this.reader.byId(client.id, asked.id, {
      isVoided: asked.voided,
      withAttachments: asked.attachments,
    });
    return answerOf(this.#shown(request, asked, found), asked, [found], {
      'last-modified': found.stored.toUTCString(),
    });
  }

  /** The page behind a `more` link; it needs no parameters but the link's own. */
  async more(request: XapiRequest, link: string): Promise<XapiAnswer> {
    const { filters, ...more } = this.links.open(request.client.id, link);
    const query = { ...more, filters: filters.map((tokens) => tokens.map(BigInt)) };
    const page = await this.reader.page(query, more.attachments);
    return this.#page(request, more, page, query);
  }

  #page(
    request: XapiRequest,
    shown: Shown,
    { statements, beyond }: Page,
    query: StatementQuery | undefined,
  ): XapiAnswer {
    const more =
      query === undefined || beyond === undefined
        ? ''
        : `${this.#path(MORE_PATH)}?cursor=${this.links.seal(moreOf(query, beyond, shown))}`;
    const texts = statements.map((one) => this.#shown(request, shown, one));
    const body = `{"statements":[${texts.join()}],"more":${JSON.stringify(more)}}`;
    return answerOf(body, shown, statements, {});
  }

  /** From the root of the server, as `more` says it. */
  #path(path: string): string {
    return new URL(this.publicUrl.to(`/xapi${path}`)).pathname;
  }

  /** With what the store adds, in the format asked for; as JSON. */
  #shown({ client, headers }: XapiRequest, { format }: Shown, one: ReadStatement): string {
    const account = { homePage: this.publicUrl.to('/'), name: client.id };
    const authority = JSON.stringify({ objectType: 'Agent', account });
    const text = one.text.with({ stored: one.stored.toISOString(), authority });
    if (format === 'exact') return text;
    const statement = JSON.parse(text) as Statement;
    return JSON.stringify(
      format === 'ids'
        ? withIdsOnly(statement)
        : canonicalStatement(statement, headers['accept-language']),
    );
  }

  /** The most telling first. `nothing` where nobody can match. */
  async #filters(client: string, asked: ListQuery): Promise<StatementQuery['filters'] | 'nothing'> {
    const { agent, activity, verb, registration } = asked;
    const filters: (readonly bigint[])[] = [];
    if (registration !== undefined)
      filters.push([this.tokens.of(client, 'registration', registration)]);
    if (agent !== undefined && !(asked.relatedAgents && this.#isAuthority(client, agent))) {
      const tokens = await this.#agentTokens(client, agent, asked.relatedAgents);
      if (tokens.length === 0) return 'nothing';
      filters.push(tokens);
    }
    if (activity !== undefined)
      filters.push([
        this.tokens.of(client, 'activity', activity),
        ...(asked.relatedActivities ? [this.tokens.of(client, 'related-activity', activity)] : []),
      ]);
    if (verb !== undefined) filters.push([this.tokens.of(client, 'verb', verb)]);
    return filters;
  }

  /** All statements of a client have its authority. */
  #isAuthority(client: string, { account }: StatementActor): boolean {
    return account?.homePage === this.publicUrl.to('/') && account.name === client;
  }

  async #agentTokens(
    provider: string,
    agent: StatementActor,
    isRelated: boolean,
  ): Promise<readonly bigint[]> {
    const identity = learnerOf(agent, mailHash);
    if (!identity) throw new DomainError('invalid-input', 'The agent has no identifier.');
    const [alias = ''] = await this.vault.aliasesFor([{ provider, identity }]);
    return this.tokens.ofAgent(alias, isRelated);
  }
}

const queryOf = (
  client: string,
  { since, until, ascending, limit }: ListQuery,
  filters: StatementQuery['filters'],
): StatementQuery => ({
  client,
  filters,
  ascending,
  limit: limit === 0 ? PAGE_MAX : Math.min(limit, PAGE_MAX),
  ...(since === undefined ? {} : { since }),
  ...(until === undefined ? {} : { until }),
});

const moreOf = (query: StatementQuery, beyond: number, { format, attachments }: Shown): More => ({
  ...query,
  filters: query.filters.map((tokens) => tokens.map(String)),
  beyond,
  format,
  attachments,
});

const answerOf = (
  body: string,
  { attachments }: Shown,
  statements: readonly ReadStatement[],
  headers: Readonly<Record<string, string>>,
): XapiAnswer => {
  if (!attachments)
    return { status: 200, headers: { ...headers, 'content-type': JSON_TYPE }, body };
  const multipart = writeMultipart(
    body,
    statements.flatMap((one) => one.attachments),
  );
  return {
    status: 200,
    headers: { ...headers, 'content-type': multipart.contentType },
    body: multipart.body,
  };
};
