import { Injectable } from '@nestjs/common';
import { DomainError } from '#kernel';
import { DocumentResources } from './documents/document-resources.js';
import type { XapiAnswer, XapiRequest, XapiResource } from './resource.js';
import { MoreResource } from './more.resource.js';
import { Consistency } from './store/consistency.js';
import { StatementsResource } from './statements.resource.js';
import { answerOfTestArea } from './test-area.js';

/** Everything under the endpoint, by its path. */
@Injectable()
export class Resources {
  readonly #byPath: ReadonlyMap<string, XapiResource>;

  constructor(
    statements: StatementsResource,
    more: MoreResource,
    documents: DocumentResources,
    private readonly consistency: Consistency,
  ) {
    this.#byPath = new Map(
      [statements, more, ...documents.resources].map((resource) => [resource.path, resource]),
    );
  }

  get paths(): readonly string[] {
    return [...this.#byPath.keys()];
  }

  /** What every answer of a path says, whatever the status. */
  async headersOf(path: string, method: string): Promise<Readonly<Record<string, string>>> {
    const isReading = method === 'GET' || method === 'HEAD';
    if (!isReading || !path.startsWith('/statements')) return {};
    const through = await this.consistency.through();
    return { 'x-experience-api-consistent-through': through.toISOString() };
  }

  async handle(path: string, request: XapiRequest): Promise<XapiAnswer> {
    const resource = this.#byPath.get(path);
    if (!resource) throw new DomainError('not-found');
    if (!resource.methods.includes(request.method))
      throw new DomainError('method-not-allowed', undefined);
    const trial = request.area === 'test' ? answerOfTestArea(path, request) : undefined;
    return trial ?? resource.handle(request);
  }
}
