import type { SealedStatement } from './new-statement.js';
import { INHERITED_MAX, type Row } from './statement-table.js';
import type { Token } from './tokens.js';

interface New {
  readonly client: string;
  readonly statement: Pick<SealedStatement, 'id' | 'target' | 'tokens'>;
}

/**
 * The tokens of each new statement, in order: its own, and those of what it points at, whether that
 * is stored or new as well (1.0.3 part 3 §2.1.4).
 */
export const tokensWithInherited = (
  all: readonly New[],
  rows: readonly Pick<Row, 'client' | 'id' | 'tokens'>[],
): readonly (readonly Token[])[] => {
  if (all.every(({ statement }) => statement.target === undefined))
    return all.map(({ statement }) => statement.tokens);
  const stored = new Map(rows.map((row) => [keyOf(row.client, row.id), row.tokens ?? []]));
  const fresh = new Map(all.map((one) => [keyOf(one.client, one.statement.id), one]));
  const done = new Map<New, readonly Token[]>();
  const resolve = (first: New): readonly Token[] => {
    // Down the chain to what is known, then back up; a loop, as a chain may be long.
    const chain: New[] = [];
    const onChain = new Set<New>();
    let inherited: readonly Token[] = [];
    let one: New | undefined = first;
    while (one && !onChain.has(one)) {
      const known = done.get(one);
      if (known) {
        inherited = known;
        break;
      }
      chain.push(one);
      onChain.add(one);
      const key = targetOf(one);
      if (key !== undefined && !fresh.has(key)) inherited = (stored.get(key) ?? []).map(BigInt);
      one = key === undefined ? undefined : fresh.get(key);
    }
    // Round in a circle, each has those of all.
    if (one && onChain.has(one))
      inherited = chain.slice(chain.indexOf(one)).flatMap(({ statement }) => statement.tokens);
    for (const each of chain.toReversed()) {
      const tokens = new Set([...each.statement.tokens, ...inherited.slice(0, INHERITED_MAX)]);
      inherited = [...tokens];
      done.set(each, inherited);
    }
    return inherited;
  };
  return all.map((one) => done.get(one) ?? resolve(one));
};

const targetOf = ({ client, statement: { target } }: New): string | undefined =>
  target === undefined ? undefined : keyOf(client, target);
const keyOf = (client: string, id: string): string => `${client} ${id}`;
