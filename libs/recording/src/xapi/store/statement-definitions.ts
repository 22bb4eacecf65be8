import { Injectable } from '@nestjs/common';
import type { Client } from '#contracts';
import { sha256 } from '../../content.js';
import { ActivityDefinitions } from '../documents/people-and-activities.js';
import type { Parts } from './parts.js';
import { StatementReader } from './statement-reader.js';
import { type Token, StatementTokens } from './tokens.js';

/** What was said of so many activities is remembered; the rest is marked once more. */
const KNOWN_MAX = 50_000;
/** So many statements that said something new are put together. */
const READ_MAX = 200;

type Definition = Readonly<Record<string, unknown>>;

/**
 * What an activity is, as the statements about it say. Statements that say something new are marked
 * by a token; nothing else is kept of it, so that many clients may speak of one course and none
 * waits for another.
 */
@Injectable()
export class StatementDefinitions extends ActivityDefinitions {
  readonly #known = new Set<string>();

  constructor(
    private readonly reader: StatementReader,
    private readonly tokens: StatementTokens,
  ) {
    super();
  }

  /** The mark of each statement that says something of an activity that was not known; or none. */
  marks(
    client: string,
    parts: readonly Pick<Parts, 'described'>[],
  ): readonly (Token | undefined)[] {
    return parts.map(({ described }) =>
      described && !this.#known.has(keyOf(client, described))
        ? this.tokens.of(client, 'definition', described.id)
        : undefined,
    );
  }

  /** Once the statements are stored: need not be marked again. */
  remember(client: string, statements: readonly { described?: Parts['described'] }[]): void {
    if (this.#known.size > KNOWN_MAX) this.#known.clear();
    for (const { described } of statements)
      if (described) this.#known.add(keyOf(client, described));
  }

  /** All of it together (1.0.3 part 3 §2.5); where two contradict each other, the later holds. */
  override async definitionOf({ id }: Client, activityId: string): Promise<object | undefined> {
    const pages = await Promise.all(
      (['definition', 'activity'] as const).map((kind) =>
        this.reader.page(
          {
            client: id,
            filters: [[this.tokens.of(id, kind, activityId)]],
            ascending: false,
            // The latest one as well, should who said it first have been erased.
            limit: kind === 'activity' ? 1 : READ_MAX,
          },
          false,
        ),
      ),
    );
    const definitions = pages
      .flatMap(({ statements }) => statements.toReversed())
      .flatMap(({ text }) => {
        const { object } = text.parse();
        return 'definition' in object && object.definition ? [object.definition] : [];
      });
    return definitions.length === 0 ? undefined : definitions.reduce(together, {});
  }
}

/** Language maps and extensions are put together entry by entry. */
const together = (known: Definition, said: Definition): Definition => {
  const all: Record<string, unknown> = { ...known, ...said };
  for (const name of ['name', 'description', 'extensions'])
    if (known[name] !== undefined && said[name] !== undefined)
      all[name] = { ...known[name], ...said[name] };
  return all;
};

const keyOf = (client: string, { id, definition }: NonNullable<Parts['described']>): string =>
  sha256(JSON.stringify([client, id, definition]));
