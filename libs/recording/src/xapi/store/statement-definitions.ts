import { Injectable } from '@nestjs/common';
import type { Client } from '#contracts';
import { ActivityDefinitions } from '../people-and-activities.js';
import { StatementReader } from './statement-reader.js';
import { StatementTokens } from './tokens.js';

/** So many of the latest statements about an activity say what it is. */
const READ_MAX = 20;

interface Described {
  readonly object?: { readonly id?: string; readonly definition?: object };
}

/**
 * What an activity is, as the statements about it say; the latest decides. Nothing is kept of it
 * apart from them, so that many clients may speak of one course and none waits for another.
 */
@Injectable()
export class StatementDefinitions extends ActivityDefinitions {
  constructor(
    private readonly reader: StatementReader,
    private readonly tokens: StatementTokens,
  ) {
    super();
  }

  /** The definition; undefined where no statement gives one. */
  override async definitionOf(
    { id: client }: Client,
    activityId: string,
  ): Promise<object | undefined> {
    const { statements } = await this.reader.page(
      {
        client,
        filters: [[this.tokens.of(client, 'activity', activityId)]],
        ascending: false,
        limit: READ_MAX,
      },
      false,
    );
    const definitions = statements.flatMap(
      ({ statement }) => (statement as Described).object?.definition ?? [],
    );
    return definitions.length === 0
      ? undefined
      : (Object.assign({}, ...definitions.toReversed()) as object);
  }
}
