import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '#kernel';
import type { LearnerIdentity } from '#contracts';
import { Vault } from '#vault';
import { momentOf } from '../../domain/report.js';
import { VOIDED } from '../../domain/xapi-rules.js';
import { mailHash } from '../../content.js';
import type { NewStatement, SealedStatement } from './new-statement.js';
import { type Parts, partsOf } from './parts.js';
import { SealedStatements } from './sealed-statements.js';
import { StatementDefinitions } from './statement-definitions.js';
import { StatementTokens } from './tokens.js';

/** So many people and activities the statements of a request may name: each is an index entry. */
export const NAMED_MAX = 50_000;

/** Makes statements ready to be stored: who is in them, sealed, and with what they are found by. */
@Injectable()
export class PrepareStatements {
  constructor(
    @Inject(Vault) private readonly vault: Vault,
    private readonly seals: SealedStatements,
    private readonly tokens: StatementTokens,
    private readonly definitions: StatementDefinitions,
  ) {}

  /**
   * In: statements of one client, checked for their form. Throws DomainError `too-large` if they
   * name more than NAMED_MAX people and activities, `event-erased` where somebody in them was erased
   * a moment ago; UnavailableError when the vault is away.
   */
  async prepare(
    client: string,
    statements: readonly NewStatement[],
  ): Promise<readonly SealedStatement[]> {
    const parts = statements.map(({ statement }) => partsOf(statement, mailHash));
    if (parts.reduce((sum, part) => sum + named(part), 0) > NAMED_MAX)
      throw new DomainError(
        'too-large',
        `The statements of a request may name ${NAMED_MAX} people and activities.`,
      );
    const aliases = await this.#aliases(
      client,
      parts.map(({ agents, relatedAgents }, n) => ({
        identities: [...agents, ...relatedAgents],
        at: whenOf(statements[n]),
      })),
    );
    const people = aliases.map((each) => [...new Set(each)]);
    const [sealed, tokens] = await Promise.all([
      this.seals.seal(
        statements.map(({ id, statement, attachments }, n) => ({
          id,
          people: people[n] ?? [],
          content: JSON.stringify(statement),
          attachments,
        })),
      ),
      this.tokens.ofStatements(
        client,
        parts.map((part, n) => {
          const count = part.agents.length;
          const found = aliases[n] ?? [];
          return { ...part, agents: found.slice(0, count), relatedAgents: found.slice(count) };
        }),
      ),
    ]);
    const marks = this.definitions.marks(client, parts);
    return statements.map((one, n): SealedStatement => {
      const { target, described } = parts[n] ?? {};
      const mark = marks[n];
      const [seal, found] = [sealed[n], tokens[n]];
      if (!seal || !found) throw new Error('a statement was not sealed');
      return {
        ...one,
        sealed: seal,
        tokens: mark === undefined ? found : [...found, mark],
        isVoid: one.statement.verb.id === VOIDED,
        ...(target === undefined ? {} : { target }),
        ...(described === undefined ? {} : { described }),
      };
    });
  }

  /** One call of the vault for all of them. */
  async #aliases(
    provider: string,
    named: readonly { identities: readonly LearnerIdentity[]; at: number | undefined }[],
  ): Promise<readonly (readonly string[])[]> {
    const scoped = named.flatMap(({ identities, at }) =>
      identities.map((identity) => ({ provider, identity, at })),
    );
    const found = (await this.vault.aliasesFor(scoped)).values();
    return named.map(({ identities }) => identities.map(() => found.next().value ?? ''));
  }
}

/** Whose an account was then: its name may be another person's since. */
const whenOf = (one: NewStatement | undefined): number | undefined => {
  const timestamp = one?.statement.timestamp;
  return timestamp === undefined ? undefined : momentOf(timestamp);
};

const named = ({ agents, relatedAgents, activities, relatedActivities }: Parts): number =>
  agents.length + relatedAgents.length + activities.length + relatedActivities.length;
