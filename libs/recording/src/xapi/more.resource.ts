import { Injectable } from '@nestjs/common';
import type { XapiAnswer, XapiRequest, XapiResource } from './resource.js';
import { MORE_PATH, StatementSearch } from './statement-search.js';

/** Where the `more` links of `/statements` lead. */
@Injectable()
export class MoreResource implements XapiResource {
  readonly path = MORE_PATH;
  readonly methods = ['GET', 'HEAD'] as const;

  constructor(private readonly search: StatementSearch) {}

  handle(request: XapiRequest): Promise<XapiAnswer> {
    return this.search.more(request, request.parameters['cursor'] ?? '');
  }
}
